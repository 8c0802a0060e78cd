/** What two results differ in: how many values, the largest difference, and whether all are within what was declared. */
import type { Bound, Tolerance } from "../artifact.ts"

/** One value that differs. */
export interface Difference {
  /** A file of a folder; empty where the artifact is one file. */
  readonly file: string
  /** Where in the file: a row and a path, a tensor and an index, a byte. */
  readonly place: string
  readonly old: unknown
  readonly now: unknown
  /** Absolute difference of numbers. */
  readonly apart: number | undefined
  /** How far they may be apart; undefined where nothing was declared and they must be equal. */
  readonly allowed: number | undefined
}

export type Verdict = "equal" | "within" | "different"

/** How far two numbers may be apart. */
const allowance = ({ absolute = 0, relative = 0 }: Bound, old: number): number => absolute + relative * Math.abs(old)

/** Takes every pair of values of two artifacts and keeps the largest difference. */
export class Differences {
  readonly #tolerance: ReadonlyArray<readonly [RegExp, Bound]>
  readonly #bounds = new Map<string, Bound | undefined>()
  #count = 0
  #outside: Difference | undefined
  #within: Difference | undefined

  constructor(tolerance: Tolerance, member: "path" | "text") {
    this.#tolerance = Object.entries(tolerance).map(([place, bound]) => [pattern(place, member), bound])
  }

  /** How many values differ. */
  get count(): number {
    return this.#count
  }

  get verdict(): Verdict {
    return this.#outside !== undefined ? "different" : this.#within !== undefined ? "within" : "equal"
  }

  /** The largest difference: of those that are too large, if there are any. */
  get largest(): Difference | undefined {
    return this.#outside ?? this.#within
  }

  /** The bound of a place that the tolerance names. */
  boundOf(name: string): Bound | undefined {
    if (!this.#bounds.has(name)) this.#bounds.set(name, this.#tolerance.find(([match]) => match.test(name))?.[1])
    return this.#bounds.get(name)
  }

  /** Compares two numbers; `describe` is asked only where they differ. */
  numbers(
    old: number,
    now: number,
    bound: Bound | undefined,
    describe: () => Pick<Difference, "file" | "place">,
  ): void {
    if (old === now || (Number.isNaN(old) && Number.isNaN(now))) return
    this.#count++
    const apart = Math.abs(now - old)
    const allowed = bound === undefined ? undefined : allowance(bound, old)
    const isWithin = allowed !== undefined && apart <= allowed
    const known = isWithin ? this.#within : this.#outside
    if (known !== undefined && !(apart > (known.apart ?? Number.POSITIVE_INFINITY))) return
    this.#keep({ ...describe(), old, now, apart, allowed }, isWithin)
  }

  /** Something that differs and is no pair of numbers. */
  other(difference: Pick<Difference, "file" | "place" | "old" | "now">): void {
    this.#count++
    if (this.#outside?.apart === undefined && this.#outside !== undefined) return
    this.#keep({ ...difference, apart: undefined, allowed: undefined }, false)
  }

  #keep(difference: Difference, isWithin: boolean): void {
    if (isWithin) this.#within = difference
    else this.#outside = difference
  }
}

/** A place as a pattern; `*` is one member of a path, or any text of a name. */
const pattern = (place: string, member: "path" | "text"): RegExp => {
  const any = member === "path" ? "[^.]+" : ".*"
  return new RegExp(`^${place.split("*").map(escapeText).join(any)}$`, "su")
}

const escapeText = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")
