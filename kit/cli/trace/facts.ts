/** What a group of steps says of itself, as short lines: params, code, time. */
import * as path from "node:path"
import { placesIn } from "../../code/types.ts"
import { flatten } from "../../plan/differences.ts"
import { shortList } from "../../provenance/fold.ts"
import type { StoreRecord } from "../../store/record.ts"
import { duration } from "../print.ts"

/** A fact about steps: what it is of, and its text. */
export type Fact = readonly [name: string, text: string]

const VALUE_LIMIT = 48
const PARAMS_SHOWN = 6
const VALUES_SHOWN = 4
const FILES_SHOWN = 4

const short = (text: string): string => (text.length > VALUE_LIMIT ? `${text.slice(0, VALUE_LIMIT - 1)}…` : text)

/** Params by dotted name; one that differs between the steps with all its values. */
export const paramsText = (records: ReadonlyArray<StoreRecord>): string => {
  const values = new Map<string, Set<string>>()
  for (const { params } of records) {
    for (const [name, value] of flatten(params)) {
      if (name === "") continue
      values.set(name, (values.get(name) ?? new Set()).add(short(JSON.stringify(value) ?? "")))
    }
  }
  return shortList(
    [...values].map(([name, found]) => `${name} ${shortList([...found], VALUES_SHOWN, " | ")}`),
    PARAMS_SHOWN,
  )
}

/**
 * Files of the code that counted: a text such as SQL that is named as an output, other texts, the stage's own file, then by
 * how much of them counted, the kit's last.
 */
export const codeFiles = (
  records: ReadonlyArray<StoreRecord>,
  outputs: ReadonlyArray<string> = [],
): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const name of records.flatMap(({ code }) => placesIn(code.declarations))) {
    const file = name.split("#")[0] ?? name
    counts.set(file, (counts.get(file) ?? 0) + 1)
  }
  const stage = letters(records[0]?.stage ?? "")
  const wanted = new Set(outputs.map(letters))
  const rank = (file: string): number => {
    const name = letters(path.parse(file).name)
    if (!/\.(ts|py)$/u.test(file)) return wanted.has(name) ? 0 : 1
    if (name === stage) return 2
    return file.startsWith("kit/") ? 4 : 3
  }
  return [...counts]
    .sort(([a, some], [b, others]) => rank(a) - rank(b) || others - some || (a < b ? -1 : 1))
    .map(([file]) => file)
}

/** A name without what separates its words. */
const letters = (name: string): string => name.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase()

const codeText = (records: ReadonlyArray<StoreRecord>, outputs: ReadonlyArray<string>): string => {
  const digests = new Set(records.map(({ code }) => code.digest.slice(0, 12)))
  const packages = new Set(
    records.flatMap(({ environment }) => Object.keys(environment).filter((name) => !isDigest(environment[name] ?? ""))),
  )
  const count = packages.size === 0 ? "" : `; ${packages.size} ${packages.size === 1 ? "package" : "packages"}`
  return `${[...digests].join(", ")}  ${shortList(codeFiles(records, outputs), FILES_SHOWN)}${count}`
}

/** What counted beside code and packages: an observed file, the worker's lock. */
const digestsText = (records: ReadonlyArray<StoreRecord>): string => {
  const found = new Map<string, Set<string>>()
  for (const [name, value] of records.flatMap(({ environment }) => Object.entries(environment)))
    if (isDigest(value)) found.set(name, (found.get(name) ?? new Set()).add(value.slice(0, 12)))
  return [...found].map(([name, values]) => `${name} ${shortList([...values], VALUES_SHOWN, " | ")}`).join(", ")
}

const isDigest = (value: string): boolean => /^[0-9a-f]{64}$/u.test(value)

/** A time of day in UTC: `2026-11-25 13:20:11`. */
export const instant = (time: string): string => time.replace("T", " ").replace(/\.\d+Z$/, " UTC")

const timeText = (records: ReadonlyArray<StoreRecord>): string => {
  const started = records.map(({ run }) => run.started).sort()
  const seconds = records.reduce((sum, { run }) => sum + run.milliseconds / 1000, 0)
  const [first = "", last = ""] = [started[0], started.at(-1)]
  const when = instant(first) === instant(last) ? instant(first) : `${instant(first)} to ${instant(last)}`
  const attempts = Math.max(...records.map(({ run }) => run.attempt))
  const retries = attempts > 1 ? `, attempt ${attempts}` : ""
  return `${when}, took ${duration(seconds)}${records.length > 1 ? " in all" : ""}${retries}`
}

/** The facts of some steps of one stage, of which some outputs are of interest. */
export const factsOf = (records: ReadonlyArray<StoreRecord>, outputs: ReadonlyArray<string>): ReadonlyArray<Fact> => {
  const facts: ReadonlyArray<Fact> = [
    ["params", paramsText(records)],
    ["code", codeText(records, outputs)],
    ["of", digestsText(records)],
    ["made", timeText(records)],
  ]
  return facts.filter(([, text]) => text !== "")
}

/** Machines and versions of all steps, each with how many steps it is true of where that is not all. */
export const commonFacts = (records: ReadonlyArray<StoreRecord>): ReadonlyArray<Fact> => [
  ["machine", tally(records.map(({ run }) => `${run.machine.system}, ${run.machine.cpus} CPUs`))],
  [
    "versions",
    [...new Set(records.flatMap(({ run }) => Object.keys(run.versions)))]
      .map((name) => `${name} ${tally(records.flatMap(({ run }) => run.versions[name] ?? []))}`)
      .join(", "),
  ],
]

const tally = (values: ReadonlyArray<string>): string => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  if (counts.size === 1) return values[0] ?? ""
  return [...counts].map(([value, count]) => `${value} (${count} steps)`).join(" | ")
}
