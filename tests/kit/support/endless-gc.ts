/** Collections without end in a process of its own: `node endless-gc.ts ROOT`. The project has no pipeline, so all is garbage. */
import { collectGarbage } from "../../../kit/gc/collect.ts"
import { openProject } from "../../../kit/project.ts"
import { openClaims } from "../../../kit/store/claims.ts"

const [, , root = ""] = process.argv
const store = { root: `${root}/artifacts` }
const options = { days: 0, now: Date.now(), pipeline: undefined }
for (let round = 1; ; round++) {
  const claims = openClaims(store)
  const { records, objects } = await collectGarbage(openProject(root, undefined), claims, store.root, options)
  claims.close()
  process.stdout.write(`${JSON.stringify({ round, records: records.length, objects: objects.length })}\n`)
}
