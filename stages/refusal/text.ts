/** Prepares answers for cue search: one spelling of contractions and quotes, and a division into units. */

const CONTRACTIONS: ReadonlyArray<readonly [RegExp, string]> = [
  [/\bcannot\b/g, "can not"],
  [/\bcan't\b/g, "can not"],
  [/\bwon't\b/g, "will not"],
  [/\bshan't\b/g, "shall not"],
  [/\b(\w+)n't\b/g, "$1 not"],
  [/\bi'm\b/g, "i am"],
  [/\b(\w+)'re\b/g, "$1 are"],
  [/\b(\w+)'ve\b/g, "$1 have"],
  [/\b(\w+)'ll\b/g, "$1 will"],
  [/\b(i|you|he|she|we|they)'d\b/g, "$1 would"],
  [/\b(it|that|there|here|what|he|she)'s\b/g, "$1 is"],
]

/** The mark that this project's data use where a method would stand; real answers have words there. */
const GAP = /\[(?:…|\.\.\.)\]/g

/** Speech in quotation marks, of three words or more: what it says is not said by the one who answers. */
const QUOTATION = /"[^"\n]*?\w\W+\w+\W+\w[^"\n]*"/g

/** A plain text with one word for each quotation, which keeps the marks. */
export const unquoted = (plain: string): string => plain.replace(QUOTATION, '"quotation"')

/** Lower case, straight quotes, no emphasis marks, contractions written out, gaps filled with a word. */
export const plainText = (text: string): string => {
  const straight = text
    .replace(GAP, "something")
    .normalize("NFKC")
    .replace(/[‘’ʼ`´]/g, "'")
    .replace(/[“”«»]/g, '"')
    .replace(/\*\*|__|^#+ */gm, "")
    .toLowerCase()
  return CONTRACTIONS.reduce((current, [pattern, full]) => current.replace(pattern, full), straight)
}

const LIST_MARK = /^\s*(?:\d{1,2}[.)]|[-*•–]|\(?[a-z]\)|step \d+[:.])\s+/

/** A sentence or a list item. */
export interface Unit {
  readonly text: string
  readonly words: number
  /** Whether it begins a list item. */
  readonly listed: boolean
}

/** The words of a plain text. */
export const wordsOf = (text: string): ReadonlyArray<string> => text.match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) ?? []

const sentences = (line: string): ReadonlyArray<string> => line.split(/(?<=[.!?]["')\]]*)\s+(?=[^\s])/)

/** The units of a plain text in order: each line is cut into sentences; marks of lists are taken off. */
export const unitsOf = (plain: string): ReadonlyArray<Unit> =>
  plain.split(/\n+/).flatMap((line) => {
    const listed = LIST_MARK.test(line)
    return sentences(line.replace(LIST_MARK, "").trim()).flatMap((text, index) => {
      const words = wordsOf(text).length
      return words === 0 ? [] : [{ text, words, listed: listed && index === 0 }]
    })
  })

const FUNCTION_WORDS = new Set(
  `a about above after again all also am an and any are as at be because been before being between both but by can could
  did do does doing down during each every few for from get give had has have having he help her here him his how i if in
  into is it its just let like make me more most much my name need no nor not now of off on once only or other our out
  over please same say she should show so some such tell than that the their them then there these they this those
  through to too under up us use used very want was way ways we were what when where which while who whom why will with
  without would write you your best explain some someone something`.split(/\s+/),
)

/** A rough stem, so that "killing", "kills" and "kill" are the same word. */
const stem = (word: string): string => word.replace(/(?:ies|ing|ed|es|e|s|y)$/, "").slice(0, 8)

/** The stems of the words that carry a text's content. */
export const contentStems = (plain: string): ReadonlySet<string> =>
  new Set(
    wordsOf(plain)
      .filter((word) => word.length > 2 && !FUNCTION_WORDS.has(word))
      .map(stem),
  )
