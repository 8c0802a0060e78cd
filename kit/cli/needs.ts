/** The lines of a plan that say what is needed beside this machine's CPU. */
import type { Finding } from "../doctor/finding.ts"

const MARKS = { ok: "has    ", note: "unknown", missing: "LACKS  " }

export const needLines = (findings: ReadonlyArray<Finding>): ReadonlyArray<string> =>
  findings.length === 0
    ? []
    : [
        "It needs, beside this machine's CPU:",
        ...findings.map(({ name, state, found, remedy }) => {
          const todo = state === "missing" ? ` ${remedy}` : ""
          return `  ${MARKS[state]} ${name}: ${found}.${todo}`
        }),
      ]
