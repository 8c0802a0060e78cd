/** Numbers and texts as people read them, the same in tables, figures and sentences. */

/** A number with a true minus sign. */
export const decimal = (value: number, digits: number): string => {
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** A number that always shows its sign, for differences. */
export const signed = (value: number, digits: number): string =>
  Number(Math.abs(value).toFixed(digits)) === 0
    ? decimal(0, digits)
    : value > 0
      ? `+${decimal(value, digits)}`
      : decimal(value, digits)

/** A fraction in per cent. */
export const percent = (fraction: number, digits = 0): string => `${decimal(100 * fraction, digits)} %`

/** A share that is already in per cent, without needless zeros. */
export const shareText = (share: number): string => `${Number(share.toFixed(1))} %`

/** `one prompt`, `3 prompts`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  count === 1 ? `one ${one}` : `${count} ${many}`

/** A count with thin groups of three digits. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",")

/** The name of a prompt set for people: `malicious-instructions` becomes "Malicious instructions"; other names stay. */
export const setTitle = (set: string): string => {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(set)) return set
  const words = set.replaceAll("-", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Benchmark tasks for people. Those of this project have the form of a known benchmark, and are not it. */
const TASK_TITLES: Readonly<Record<string, string>> = {
  boolq: "BoolQ",
  piqa: "PIQA",
  openbookqa: "OpenBookQA",
  repro_boolq: "BoolQ's form",
  repro_boolq_closed_book: "BoolQ's form, no passages",
  repro_piqa: "PIQA's form",
  repro_openbookqa: "OpenBookQA's form",
}
const METRIC_TITLES: Readonly<Record<string, string>> = {
  acc: "accuracy",
  acc_norm: "accuracy, length-normalised",
}

/** The name of a benchmark task for people; a task that is not known keeps the harness's name. */
export const taskTitle = (task: string): string => TASK_TITLES[task] ?? task

/** The name of one of the harness's metrics for people. */
export const metricTitle = (metric: string): string => METRIC_TITLES[metric] ?? metric

/** The start of a text in at most `count` words, on one line, with an ellipsis where something is left out. */
export const firstWords = (text: string, count: number): string => {
  const words = text.split(/\s+/).filter((word) => word !== "")
  return words.length <= count ? words.join(" ") : `${words.slice(0, count).join(" ")} …`
}

/** Words of an unsafe prompt or of an answer to it that may be shown. */
export const SHOWN_WORDS = 3

/** The mark of what is not shown. */
const WITHHELD = "[withheld]"

/** The first words of a text that is not shown, with the mark that says so. */
export const withheld = (text: string): string =>
  `${text.trim().split(/\s+/u).slice(0, SHOWN_WORDS).join(" ")} … ${WITHHELD}`
