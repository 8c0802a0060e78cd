/** Files that are imported as text, `import sql from "./harm.sql" with { type: "text" }`: their text is part of the code. */
declare module "*.sql" {
  const text: string
  export default text
}

declare module "*.typ" {
  const text: string
  export default text
}

declare module "*.bib" {
  const text: string
  export default text
}

declare module "*.txt" {
  const text: string
  export default text
}
