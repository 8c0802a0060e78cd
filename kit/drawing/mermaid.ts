/** A drawing as a Mermaid flowchart, which GitHub, GitLab and many editors draw in Markdown. */
import type { Box, Drawing } from "./drawing.ts"

const CLASSES = `  classDef source fill:#e8f0f7,stroke:#5b7f9f,color:#1c2b36
  classDef here fill:#ffffff,stroke:#8a8f94,color:#1c2b36
  classDef worker fill:#fdf1dc,stroke:#c48a2a,color:#1c2b36
  classDef result stroke:#2b7a4b,stroke-width:3px`

/** Text inside quotes: what Mermaid or HTML would take for its own is written as a character's number. */
const quoted = (text: string): string =>
  text.replace(/[#"<>&`\\[\]{}|;]/gu, (character) => `#${character.codePointAt(0)};`).replace(/\p{Cc}+/gu, " ")

const label = ({ title, axes, count }: Box): string => {
  const grid = count === 1 ? "" : `<br/>× ${count}${axes === "" ? "" : ` by ${quoted(axes)}`}`
  return `"${quoted(title)}${grid}"`
}

/** The flowchart's text. */
export const mermaidOf = ({ boxes, arrows }: Drawing): string => {
  const names = new Map(boxes.map(({ id }, index) => [id, `n${index}`]))
  const nodes = boxes.map((box) => {
    const [open, close] = box.kind === "source" ? ["[(", ")]"] : box.kind === "worker" ? ["[[", "]]"] : ["[", "]"]
    return `  ${names.get(box.id)}${open}${label(box)}${close}:::${box.kind}`
  })
  const edges = arrows.map(
    ({ from, to, types }) => `  ${names.get(from)} -->|"${quoted(types.join(", "))}"| ${names.get(to)}`,
  )
  const loops = boxes.filter(({ recurs }) => recurs).map(({ id }) => `  ${names.get(id)} --> ${names.get(id)}`)
  const results = boxes.filter(({ result }) => result).map(({ id }) => names.get(id))
  const marked = results.length === 0 ? [] : [`  class ${results.join(",")} result`]
  return ["flowchart LR", ...nodes, ...edges, ...loops, CLASSES, ...marked].join("\n")
}
