/** One showing of two answers to a judge: the probability that it finds the first one better. */
import type { InferenceClient } from "@huggingface/inference"
import type { Question } from "../inference/ask-all.ts"
import type { Asked } from "../inference/endpoint.ts"
import { WrongAnswer } from "../inference/failure.ts"
import template from "./prompt.txt" with { type: "text" }

type Reply = Awaited<ReturnType<InferenceClient["chatCompletion"]>>

/** Two answers in the order in which they are shown. */
export interface Showing {
  readonly request: string
  readonly first: string
  readonly second: string
}

/** How the verdict is read: from the probabilities of the two letters, or from the letter that was written. */
export type Reading = "probabilities" | "letter"

/** Log-probabilities that are asked for: the most that providers give. */
const TOP = 20

/** Fills the template in one pass, so that an answer that holds `{second}` stays as it is. */
const promptOf = (showing: Showing): string =>
  template.trim().replace(/\{(request|first|second)\}/gu, (_: string, name: keyof Showing) => showing[name])

/** The question to ask for a showing; its answer is a probability. */
export const judgeQuestion = (asked: Asked, showing: Showing, reading: Reading): Question<number> => {
  const content = promptOf(showing)
  return {
    question: { judge: content, reading },
    // A token has a byte at least, so the text's bytes and the chat template's few tokens bound what is read.
    most: { read: Buffer.byteLength(content) + 100, written: 1 },
    ask: async (transport) => {
      const more = reading === "probabilities" ? { logprobs: true, top_logprobs: TOP } : {}
      const reply = await asked.client.chatCompletion(
        { ...asked.target, messages: [{ role: "user", content }], max_tokens: 1, temperature: 0, ...more },
        transport,
      )
      const answer = reading === "probabilities" ? byProbabilities(reply) : byLetter(reply)
      const { prompt_tokens: read = 0, completion_tokens: written = 0 } = reply.usage ?? {}
      return { answer, used: { read, written } }
    },
  }
}

const byProbabilities = (reply: Reply): number => {
  const tokens = reply.choices?.[0]?.logprobs?.content?.[0]?.top_logprobs ?? []
  let [a, b] = [0, 0]
  for (const { token, logprob } of tokens) {
    if (token.trim() === "A") a += Math.exp(logprob)
    if (token.trim() === "B") b += Math.exp(logprob)
  }
  const share = a / (a + b)
  if (Number.isFinite(share)) return share
  throw new WrongAnswer(`neither A nor B is among the ${tokens.length} likeliest tokens`)
}

const byLetter = (reply: Reply): number => {
  const text = reply.choices?.[0]?.message?.content?.trim()
  if (text === "A" || text === "B") return text === "A" ? 1 : 0
  throw new WrongAnswer(`the judge wrote ${JSON.stringify(text?.slice(0, 40))}, not A or B`)
}
