/**
 * What the stages of a profile need beside this machine's CPU and the project's files: an accelerator, a place on the
 * network, a token, a value that nobody has declared yet. A plan tells of it; a run that would start such a stage fails
 * first, before anything long.
 */

/** The stages that need something, and what for, in a few words. */
interface Wanted {
  /** Names of stages; a run that starts none of them is not held up. */
  readonly stages: ReadonlyArray<string>
  /** What it is for. */
  readonly purpose: string
}

export type Need = Wanted &
  (
    | {
        /** One accelerator with so many GB of memory. */
        readonly kind: "gpu"
        readonly gigabytes: number
      }
    | {
        /** An environment variable that holds a token. */
        readonly kind: "variable"
        readonly name: string
      }
    | {
        /** An address that must answer; `variable` names another one in its place. */
        readonly kind: "address"
        readonly url: string
        readonly variable?: string
      }
    | {
        /** A value that a person must declare. */
        readonly kind: "value"
        readonly what: string
        /** The file where it is declared. */
        readonly file: string
        readonly declared: boolean
      }
  )
