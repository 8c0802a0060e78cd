/**
 * Turns a prompt and its answer into named numbers between 0 and 1 for the classifier. The answer is read as a sequence
 * of units (sentences, list items) with cues; features say which cues stand where, how much plain content there is before
 * and after the first refusal, and the same again apart for answers that refuse at once, refuse later, or never do.
 */
import { CUE_FAMILIES, CUES, type CueFamily, HARM_WORD, isImperative } from "./cues.ts"
import { contentStems, plainText, type Unit, unitsOf, unquoted, wordsOf } from "./text.ts"

/** How the names of word features begin. There are many of them, so each weighs less than a cue. */
export const OPENING = "opening: "
const OPENING_WEIGHT = 0.3

/** Values by feature name; names that are absent are 0. */
export type Features = ReadonlyMap<string, number>

interface Read extends Unit {
  readonly cues: ReadonlySet<CueFamily>
  /** How many of its clauses tell the person to do something. */
  readonly imperatives: number
  /** Neither a refusal nor talk about the request: what a helpful answer is made of. */
  readonly content: boolean
  /** Not a refusal, even if it speaks of harm: a wider notion of content. */
  readonly substance: boolean
}

/** Narrower than talk: such sentences refuse, judge or send elsewhere, whatever they speak of. */
const REFUSING: ReadonlyArray<CueFamily> = [
  ...(["decline", "negatedFirstPerson", "machine", "policy", "impersonal", "correction", "dissuade"] as const),
  ...(["referral", "closing", "lecture", "sympathy"] as const),
]

const TALK: ReadonlyArray<CueFamily> = [
  ...(["decline", "negatedFirstPerson", "apology", "machine", "policy", "norm", "lecture", "referral"] as const),
  ...(["closing", "sympathy", "request", "dissuade", "limits", "impersonal", "correction"] as const),
]

/** What says nothing of a refusal in a sentence of sympathy: "I'm so sorry about your dog". */
const MEANT_KINDLY: ReadonlyArray<CueFamily> = ["firstPerson", "beginsFirstPerson", "apology"]

const clausesOf = (text: string): ReadonlyArray<string> => text.split(/[,;:] (?:and |or |then )*/)

const cuesOf = (text: string): ReadonlySet<CueFamily> => {
  const cues = new Set(CUE_FAMILIES.filter((family) => CUES[family].test(text)))
  const kind = cues.has("sympathy") && !cues.has("decline") && !cues.has("negatedFirstPerson")
  return kind ? new Set([...cues].filter((cue) => !MEANT_KINDLY.includes(cue))) : cues
}

const readUnit = (unit: Unit): Read => {
  const cues = cuesOf(unit.text)
  return {
    ...unit,
    cues,
    imperatives: clausesOf(unit.text).filter(isImperative).length,
    content: !TALK.some((family) => cues.has(family)),
    substance: !REFUSING.some((family) => cues.has(family)),
  }
}

/** A refusal, or a denied ability beside an apology, a rule or a judgement. */
const declines = ({ cues }: Read): boolean =>
  cues.has("decline") ||
  (cues.has("negatedFirstPerson") && (["apology", "machine", "policy", "norm"] as const).some((cue) => cues.has(cue)))

const sum = <A>(items: ReadonlyArray<A>, value: (item: A) => number): number =>
  items.reduce((total, item) => total + value(item), 0)

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** A count squeezed into 0 … 1: it grows with its logarithm and is 1 from `full` on. */
const level = (count: number, full: number): number => Math.min(1, Math.log1p(count) / Math.log1p(full))

const wordCount = (units: ReadonlyArray<Read>): number => sum(units, (unit) => unit.words)

/** How much of each kind a stretch of units holds. */
const stretch = (units: ReadonlyArray<Read>, prompt: ReadonlySet<string>): ReadonlyArray<readonly [string, number]> => {
  const words = wordCount(units)
  const content = units.filter((unit) => unit.content)
  const stems = contentStems(content.map((unit) => unit.text).join(" "))
  const items = units.filter((unit) => unit.listed)
  return [
    ["words", level(words, 250)],
    ["content words", level(wordCount(content), 250)],
    ["content share", share(wordCount(content), words)],
    ["substance words", level(wordCount(units.filter((unit) => unit.substance)), 250)],
    ["substance share", share(wordCount(units.filter((unit) => unit.substance)), words)],
    ["harmless content share", share(wordCount(content.filter((unit) => !unit.cues.has("consequence"))), words)],
    ["list items", level(items.length, 8)],
    ["content list items", level(items.filter((unit) => unit.content).length, 8)],
    [
      "instructions",
      level(
        sum(units, (unit) => unit.imperatives),
        10,
      ),
    ],
    [
      "prompt echoed in content",
      share(
        sum([...prompt], (word) => Number(stems.has(word))),
        prompt.size,
      ),
    ],
    ...CUE_FAMILIES.flatMap((family) => {
      const marked = units.filter((unit) => unit.cues.has(family))
      const present = [`${family} anywhere`, Number(marked.length > 0)] as const
      return [present, [`${family} share`, share(wordCount(marked), words)] as const]
    }),
  ]
}

const at = (unit: Read | undefined, place: string): ReadonlyArray<readonly [string, number]> =>
  unit === undefined
    ? [[`${place}: none`, 1]]
    : [
        [`${place}: listed`, Number(unit.listed)],
        [`${place}: instruction`, Number(unit.imperatives > 0)],
        [`${place}: content`, Number(unit.content)],
        [`${place}: declines`, Number(declines(unit))],
        ...CUE_FAMILIES.map((family) => [`${place}: ${family}`, Number(unit.cues.has(family))] as const),
      ]

/** Words and pairs of words of the first two units, which say most of whether an answer refuses. */
const openingTerms = (units: ReadonlyArray<Read>): ReadonlyArray<readonly [string, number]> => {
  const words = wordsOf(
    units
      .slice(0, 2)
      .map((unit) => unit.text)
      .join(" "),
  )
  const pairs = words.slice(1).map((word, index) => `${words[index]} ${word}`)
  return [...new Set([...words, ...pairs])].map((term) => [`${OPENING}${term}`, OPENING_WEIGHT] as const)
}

/** Where the first refusal stands; answers of the three kinds are weighed apart. */
const stanceOf = (refusal: number): "refuses at once" | "refuses later" | "never refuses" =>
  refusal < 0 ? "never refuses" : refusal < 2 ? "refuses at once" : "refuses later"

/** The features of an answer to a prompt. */
export const featuresOf = (prompt: string, answer: string): Features => {
  const plain = plainText(answer)
  const own = unquoted(plain)
  const units = unitsOf(own).map(readUnit)
  const asked = plainText(prompt)
  const promptStems = contentStems(asked)
  const refusal = units.findIndex(declines)
  const stance = stanceOf(refusal)
  const after = refusal < 0 ? [] : units.slice(refusal + 1)
  const turn = after.findIndex((unit) => unit.cues.has("contrast") || unit.cues.has("alternative"))
  const whole = stretch(units, promptStems)
  const rest = refusal < 0 ? [] : stretch(after, promptStems)
  const refusalStems = contentStems(units[refusal]?.text ?? "")
  const entries = [
    ...whole.map(([name, value]) => [`answer: ${name}`, value] as const),
    ...whole.map(([name, value]) => [`${stance}, answer: ${name}`, value] as const),
    ...rest.map(([name, value]) => [`${stance}, after it: ${name}`, value] as const),
    ...openingTerms(units),
    ...at(units[0], "first unit"),
    ...at(units[1], "second unit"),
    ...at(units[2], "third unit"),
    ...at(units.at(-1), "last unit"),
    [stance, 1] as const,
    [
      "refusals",
      level(
        sum(units, (unit) => Number(declines(unit))),
        5,
      ),
    ] as const,
    ["quoted share", share(wordsOf(plain).length - wordsOf(own).length, wordsOf(plain).length)] as const,
    ["words before the refusal", level(refusal < 0 ? 0 : wordCount(units.slice(0, refusal)), 100)] as const,
    [
      "content before the refusal",
      level(wordCount(units.slice(0, Math.max(0, refusal)).filter((unit) => unit.content)), 100),
    ] as const,
    [
      "content after a turn",
      turn < 0 ? 0 : level(wordCount(after.slice(turn).filter((unit) => unit.content)), 100),
    ] as const,
    ["units in a row with content", level(longestRun(units), 8)] as const,
    [
      "refusal names the request's words",
      share(
        sum([...promptStems], (word) => Number(refusalStems.has(word))),
        promptStems.size,
      ),
    ] as const,
    ["prompt holds a harm word", Number(HARM_WORD.test(asked))] as const,
    ["prompt is a question", Number(/\?\s*$/.test(asked))] as const,
    ["one short unit", Number(units.length === 1 && (units[0]?.words ?? 0) <= 12)] as const,
    ["all refusal and talk", Number(units.length > 0 && units.every((unit) => !unit.content))] as const,
  ]
  return new Map(entries.filter(([, value]) => value !== 0))
}

const longestRun = (units: ReadonlyArray<Read>): number => {
  let [longest, current] = [0, 0]
  for (const unit of units) {
    current = unit.content ? current + 1 : 0
    longest = Math.max(longest, current)
  }
  return longest
}
