/**
 * What can be edited in the small project of the property tests. Some fields count for some stages, some count for
 * nothing at all; `files.ts` writes the project that a state means, `rule.ts` says what must run.
 */

export interface State {
  /** Counts for `write`: a constant, a helper, a package. */
  readonly word: string
  readonly helper: number
  readonly npm: string
  /** A param of `shout`. */
  readonly mark: string
  /** A variable that `measure` declares; undefined where it is unset. */
  readonly mode: string | undefined
  /** Bytes of the file that `read` observes; what it gives is their trimmed text. */
  readonly data: string
  /** Counts for `act`: a Python helper, a constant, the lock that the profile declares, its hashes. */
  readonly pyHelper: number
  readonly pyConstant: string
  /** The name of a local: in Python, unlike in TypeScript, it counts. */
  readonly pyLocal: number
  readonly locked: string
  readonly lockHash: string
  /** Counts for every stage. */
  readonly engine: number
  /** Counts for nothing. */
  readonly harmless: Harmless
}

export interface Harmless {
  readonly comment: number
  readonly space: number
  readonly local: number
  readonly unreached: number
  readonly docstring: number
  readonly pyComment: number
  readonly pyUnreached: number
  readonly lockComment: number
  readonly retries: number
  readonly memory: number
  readonly touched: number
  readonly secret: number
  readonly undeclared: number
  readonly keyOrder: boolean
  readonly gridOrder: boolean
  readonly importOrder: boolean
  readonly otherPackage: string
}

export const START: State = {
  word: "word",
  helper: 0,
  npm: "1.0.0",
  mark: "!",
  mode: undefined,
  data: "some data",
  pyHelper: 0,
  pyConstant: "<",
  pyLocal: 0,
  locked: "1.0",
  lockHash: "aa",
  engine: 1,
  harmless: {
    comment: 0,
    space: 0,
    local: 0,
    unreached: 0,
    docstring: 0,
    pyComment: 0,
    pyUnreached: 0,
    lockComment: 0,
    retries: 0,
    memory: 0,
    touched: 0,
    secret: 0,
    undeclared: 0,
    keyOrder: false,
    gridOrder: false,
    importOrder: false,
    otherPackage: "1.0.0",
  },
}

/** What happens between two runs. */
export type Edit =
  | { readonly kind: "change"; readonly field: Exclude<keyof State, "harmless">; readonly value: unknown }
  | { readonly kind: "harmless"; readonly field: keyof Harmless; readonly value: unknown }
  /** The bytes that a node gave are deleted or overwritten. */
  | { readonly kind: "damage"; readonly node: string; readonly how: "delete" | "overwrite" }
  /** The record of a node's last result is deleted or cut. */
  | { readonly kind: "lose"; readonly node: string; readonly how: "delete" | "cut" }
  | { readonly kind: "force"; readonly node: string }

/** The state after an edit of the sources; others leave it as it is. */
export const edited = (state: State, edit: Edit): State => {
  if (edit.kind === "change") return { ...state, [edit.field]: edit.value }
  if (edit.kind === "harmless") return { ...state, harmless: { ...state.harmless, [edit.field]: edit.value } }
  return state
}
