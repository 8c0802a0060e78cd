/** What `repro doctor` finds of one thing. */
export interface Finding {
  readonly name: string
  /** `missing` keeps the pipeline from running here; a `note` doesn't. */
  readonly state: "ok" | "note" | "missing"
  /** What is there. */
  readonly found: string
  /** What to do; empty where nothing must be done. */
  readonly remedy: string
}

export const ok = (name: string, found: string): Finding => ({ name, state: "ok", found, remedy: "" })

export const note = (name: string, found: string, remedy = ""): Finding => ({ name, state: "note", found, remedy })

export const missing = (name: string, found: string, remedy: string): Finding => ({
  name,
  state: "missing",
  found,
  remedy,
})

/** A finding that is missing where the thing is needed, and else a note. */
export const lacking = (needed: boolean, name: string, found: string, remedy: string): Finding =>
  needed ? missing(name, found, remedy) : note(name, found, `Not needed here; if it becomes so: ${remedy}`)
