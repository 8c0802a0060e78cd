/** Who is asked: a local model that the worker offers, an address of one's own, or a provider; pinned by name and revision. */
import { InferenceClient, type InferenceProviderOrPolicy } from "@huggingface/inference"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { Asking } from "../../kit/asking.ts"
import { StageError } from "../../kit/errors.ts"
import type { Precision } from "../import-model.ts"

/** The variable that holds the token for an address or a provider. */
export const TOKEN = "REPRO_INFERENCE_TOKEN"

export const Endpoint = Schema.Union([
  /** The model that is wired, offered by the worker on this machine. */
  Schema.Struct({ kind: Schema.Literal("local"), name: Schema.String }),
  /** An address that speaks as OpenAI's chat completion does (ending before `/v1`), or as text classification. */
  Schema.Struct({
    kind: Schema.Literal("address"),
    url: Schema.String,
    name: Schema.String,
    revision: Schema.String,
  }),
  /** An inference provider of Hugging Face's client; the revision is what its page says, for the record. */
  Schema.Struct({
    kind: Schema.Literal("provider"),
    provider: Schema.String,
    name: Schema.String,
    revision: Schema.String,
  }),
])
export type Endpoint = typeof Endpoint.Type

/** A client for an endpoint, with what its answers depend on. */
export interface Asked {
  readonly client: InferenceClient
  /** The model's name in requests, and the provider that has it. */
  readonly target: { readonly model: string; readonly provider?: InferenceProviderOrPolicy }
  /** Part of every question that is kept. */
  readonly identity: string
  /** The token, to be cut out of any message. */
  readonly token: Redacted.Redacted<string> | undefined
}

/** How a local model is offered. */
export interface LocalService {
  /** The service's inputs by name, and which of the stage's inputs they are. */
  readonly inputs: Readonly<Record<string, string>>
  readonly params: Readonly<Record<string, unknown>> & { readonly dtype?: typeof Precision.Type }
  /** What follows the address in requests, such as `/v1`. */
  readonly path: string
}

/** Connects to an endpoint; a local one is started. */
export const connect = (asking: Asking, endpoint: Endpoint, local: LocalService): Effect.Effect<Asked, StageError> =>
  Effect.gen(function* () {
    if (endpoint.kind === "local") {
      const { url, token, identity } = yield* asking.serve(local.inputs, local.params)
      const client = new InferenceClient(Redacted.value(token), { endpointUrl: `${url}${local.path}` })
      return { client, target: { model: endpoint.name }, identity, token }
    }
    const token = asking.secret(TOKEN)
    const word = token === undefined ? "" : Redacted.value(token)
    if (endpoint.kind === "address") {
      const client = new InferenceClient(word, { endpointUrl: `${checkAddress(endpoint.url)}${local.path}` })
      const identity = `${endpoint.url} ${endpoint.revision}`
      return { client, target: { model: endpoint.name }, identity, token }
    }
    if (token === undefined)
      return yield* Effect.fail(
        StageError.of(`${endpoint.provider} needs a token`, endpoint.name, `Set the variable ${TOKEN}.`),
      )
    const provider = endpoint.provider as InferenceProviderOrPolicy
    const target = { model: endpoint.name, provider }
    return { client: new InferenceClient(word), target, identity: `${provider} ${endpoint.revision}`, token }
  })

/** An address may not carry a name and a password: it is part of the key and of the record. */
const checkAddress = (url: string): string => {
  const address = URL.parse(url)
  if (address !== null && address.username === "" && address.password === "" && /^https?:$/u.test(address.protocol))
    return url.replace(/\/+$/u, "")
  throw StageError.of(
    "The endpoint's address is no plain http or https address",
    url.replace(/\/\/[^@/]*@/u, "//[hidden]@"),
    `Write it without a name and a password; the token comes from ${TOKEN}.`,
  )
}
