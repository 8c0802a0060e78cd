/** `fetch` for one request: answers are read up to a limit, and what a server says of waiting is noted. */
import { retryAfter } from "./failure.ts"

/** Bytes that an answer may have: classifications and short chats are far smaller. */
const LARGEST = 4 << 20

/** A request's `fetch`, and after how many milliseconds its server wants to be asked again. */
export const boundedFetch = (): { readonly fetch: typeof fetch; readonly after: () => number | undefined } => {
  let after: number | undefined
  const bounded: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    after = retryAfter(response.headers.get("retry-after"), Date.now())
    const body = await readUpTo(response, LARGEST)
    return new Response(body, { status: response.status, headers: response.headers })
  }
  return { fetch: bounded, after: () => after }
}

const readUpTo = async (response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> => {
  const parts: Array<Uint8Array> = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > limit) throw new Error(`an answer of more than ${limit >> 20} MiB`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}
