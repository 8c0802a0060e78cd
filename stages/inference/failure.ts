/** What a request that went wrong means: nothing more to hope for, nothing for this item, or worth another try. */
import {
  InferenceClientInputError,
  InferenceClientProviderApiError,
  InferenceClientProviderOutputError,
} from "@huggingface/inference"

export type Failure =
  /** Asking on is useless: a wrong token, an unknown model. */
  | { readonly kind: "fatal"; readonly message: string }
  /** This item will not be answered as it is: too long, not allowed. */
  | { readonly kind: "refused"; readonly message: string }
  /** Another try may help; a server may say after how many milliseconds. */
  | { readonly kind: "transient"; readonly message: string; readonly after: number | undefined }

/** Statuses that hold for every item: no right to ask, or nobody there who could answer. */
const FATAL = new Set([401, 402, 403, 404, 405])
/** Statuses by which a server says that it may answer later. */
const TRANSIENT = new Set([408, 409, 425, 429])

/** The failure that an error of the client or of the network stands for. */
export const failureOf = (error: unknown, after: number | undefined): Failure => {
  const message = short(error)
  if (error instanceof InferenceClientProviderApiError) {
    const { status } = error.httpResponse
    if (FATAL.has(status)) return { kind: "fatal", message: `status ${status}: ${message}` }
    const later = TRANSIENT.has(status) || status >= 500
    return later
      ? { kind: "transient", message: `status ${status}: ${message}`, after }
      : { kind: "refused", message: `status ${status}: ${message}` }
  }
  if (error instanceof InferenceClientInputError) return { kind: "fatal", message }
  if (error instanceof InferenceClientProviderOutputError || error instanceof WrongAnswer)
    return { kind: "transient", message: `an answer that makes no sense: ${message}`, after }
  return { kind: "transient", message, after }
}

/** An answer that came, but is none to the question. */
export class WrongAnswer extends Error {}

const LONGEST = 200

const short = (error: unknown): string => {
  const { message, cause, name } = error as Error
  if (name === "TimeoutError" || name === "AbortError") return "no answer in time"
  const reason = cause instanceof Error ? `${message} (${cause.message})` : message
  const line = String(reason ?? error).replace(/\s+/gu, " ")
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}

/** `Retry-After` in milliseconds: seconds, or a date; the longest wait that is honoured is an hour. */
export const retryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null || header.trim() === "") return undefined
  const wait = /^\d+$/u.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isFinite(wait) ? Math.min(Math.max(0, wait), 3_600_000) : undefined
}
