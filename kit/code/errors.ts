/**
 * The three ways in which taking a code digest fails. Each message says what is wrong, where, and what to do next;
 * each error has a `_tag`, so that `Effect.catchTag` finds it.
 */

/** One thing in the code that a digest can't follow. */
export type Problem = {
  /** Path relative to the root. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  /** What was found there. */
  readonly what: string
  /** What to do instead. */
  readonly remedy: string
}

const sentence = ({ file, line, what, remedy }: Problem): string => `${file}:${line}: ${what}. ${remedy}.`

/** The code does something that a digest can't follow: with it a stage could be reused although its code changed. */
export class CodeRefused extends Error {
  readonly _tag = "CodeRefused"
  readonly problems: ReadonlyArray<Problem>

  constructor(problems: ReadonlyArray<Problem>) {
    super(problems.map(sentence).join("\n"))
    this.name = "CodeRefused"
    this.problems = problems
  }
}

/** The code can't be read at all: a missing file or export, a syntax error, no Python interpreter. */
export class CodeUnreadable extends Error {
  readonly _tag = "CodeUnreadable"
  /** The file, with its line where one is known, or the entry point that was asked for. */
  readonly where: string
  readonly what: string
  readonly remedy: string

  constructor(where: string, what: string, remedy: string) {
    super(`${where}: ${what}. ${remedy}.`)
    this.name = "CodeUnreadable"
    this.where = where
    this.what = what
    this.remedy = remedy
  }
}

/** A lock file is missing, incomplete, or differs from what is installed. */
export class LockProblem extends Error {
  readonly _tag = "LockProblem"
  /** The lock file, relative to the root where it lies under it. */
  readonly file: string
  readonly what: string
  readonly remedy: string

  constructor(file: string, what: string, remedy: string) {
    super(`${file}: ${what}. ${remedy}.`)
    this.name = "LockProblem"
    this.file = file
    this.what = what
    this.remedy = remedy
  }
}
