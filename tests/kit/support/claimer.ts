/** A driver in a process of its own: `node claimer.ts STORE KEY` claims the key, says whether it got it, and stays. */
import { openClaims } from "../../../kit/store/claims.ts"

const [, , root = "", key = ""] = process.argv
const claims = openClaims({ root })
process.stdout.write(`${JSON.stringify({ driver: claims.driver, got: claims.claim(key) })}\n`)
process.stdin.on("data", () => {
  claims.close()
  process.exit(0)
})
