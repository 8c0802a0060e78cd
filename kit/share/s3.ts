/**
 * An S3-compatible bucket as a remote: `s3://BUCKET/PREFIX`. Objects are written on the condition that nothing has their
 * name, with SHA-256 sums that the server checks; large ones in parts. Endpoint, region and secrets come from the usual
 * variables; an endpoint may also stand in the address: `s3://BUCKET/PREFIX?endpoint=https://…&region=…`.
 */
import type { Readable } from "node:stream"
import { GetObjectCommand, HeadObjectCommand, S3Client } from "@aws-sdk/client-s3"
import { Upload as Transfer } from "@aws-sdk/lib-storage"
import * as Redacted from "effect/Redacted"
import { StoreError, UsageError } from "../errors.ts"
import { redact } from "../executors/redact.ts"
import { FORMAT_PATH, type OpenOptions, type Remote, remoteError, type Upload } from "./remote.ts"
import { uploadStream } from "./verified.ts"

/** Bytes of a part; what is not larger goes in one request. */
const PART = 16 * 1024 * 1024

/** Milliseconds until a server that doesn't answer counts as out of reach. */
const CONNECT_TIMEOUT = 10_000

/** Milliseconds that a connection may stand still. */
const IDLE_TIMEOUT = 60_000

interface Address {
  readonly bucket: string
  readonly prefix: string
  readonly endpoint: string | undefined
  readonly region: string
}

/** Reads an address and the environment. */
const parse = (text: string): Address => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const endpoint = url?.searchParams.get("endpoint") ?? process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL
  const refuse = (message: string): UsageError =>
    new UsageError({
      message,
      where: "",
      remedy: "Write s3://BUCKET/PREFIX; the endpoint goes into AWS_ENDPOINT_URL_S3.",
    })
  if (url === undefined || url.hostname === "") throw refuse("That is no address of a bucket")
  if (url.username !== "" || url.password !== "") throw refuse("An address must not hold a secret")
  if (endpoint !== undefined) {
    const parsed = URL.canParse(endpoint) ? new URL(endpoint) : undefined
    if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) throw refuse(`The endpoint is no http address`)
    if (parsed.username !== "" || parsed.password !== "") throw refuse("An endpoint's address must not hold a secret")
  }
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/gu, "")
  const region =
    url.searchParams.get("region") ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? "us-east-1"
  return { bucket: url.hostname, prefix: prefix === "" ? "" : `${prefix}/`, endpoint, region }
}

const secret = (name: string): Redacted.Redacted<string> | undefined => {
  const value = process.env[name]
  return value === undefined || value === "" ? undefined : Redacted.make(value)
}

/** Opens a bucket and looks whether it answers. */
export const openS3 = async (text: string, { signal }: OpenOptions): Promise<Remote> => {
  const address = parse(text)
  const [id, key] = [secret("AWS_ACCESS_KEY_ID"), secret("AWS_SECRET_ACCESS_KEY")]
  const remote = new Bucket(address, id, key)
  if (id === undefined || key === undefined) {
    throw remoteError(
      remote.name,
      "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set",
      "Export them (and AWS_ENDPOINT_URL_S3 for a server that is not Amazon's), then run again.",
    )
  }
  await remote.get(FORMAT_PATH, 0, signal).then((body) => body?.destroy())
  return remote
}

class Bucket implements Remote {
  readonly name: string
  readonly parallel = 8
  readonly batch = 1
  readonly #address: Address
  readonly #client: S3Client
  readonly #secrets: Readonly<Record<string, string>>

  constructor(address: Address, id: Redacted.Redacted<string> | undefined, key: Redacted.Redacted<string> | undefined) {
    const { bucket, prefix, endpoint, region } = address
    const query = endpoint === undefined ? "" : `?endpoint=${encodeURI(endpoint)}`
    this.name = `s3://${bucket}/${prefix.replace(/\/$/u, "")}${query}`
    this.#address = address
    const session = secret("AWS_SESSION_TOKEN")
    const all = { AWS_SECRET_ACCESS_KEY: key, AWS_SESSION_TOKEN: session, AWS_ACCESS_KEY_ID: id }
    this.#secrets = Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, Redacted.value(value)]])),
    )
    this.#client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      credentials: async () => ({
        accessKeyId: id === undefined ? "" : Redacted.value(id),
        secretAccessKey: key === undefined ? "" : Redacted.value(key),
        ...(session === undefined ? {} : { sessionToken: Redacted.value(session) }),
      }),
      maxAttempts: 4,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT, socketTimeout: IDLE_TIMEOUT },
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    })
  }

  #at(path: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#address.bucket, Key: `${this.#address.prefix}${path}` }
  }

  sizes = async (paths: ReadonlyArray<string>, signal: AbortSignal): Promise<ReadonlyMap<string, number>> => {
    const found = new Map<string, number>()
    for (const path of paths) {
      try {
        const head = await this.#client.send(new HeadObjectCommand(this.#at(path)), { abortSignal: signal })
        found.set(path, head.ContentLength ?? 0)
      } catch (error) {
        if (status(error) !== 404) throw this.#error(error)
      }
    }
    return found
  }

  get = async (path: string, offset: number, signal: AbortSignal): Promise<Readable | undefined> => {
    try {
      const range = offset === 0 ? {} : { Range: `bytes=${offset}-` }
      const found = await this.#client.send(new GetObjectCommand({ ...this.#at(path), ...range }), {
        abortSignal: signal,
      })
      return found.Body as Readable
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return undefined
      throw this.#error(error)
    }
  }

  put = async (uploads: ReadonlyArray<Upload>, signal: AbortSignal): Promise<ReadonlySet<string>> => {
    const there = new Set<string>()
    for (const upload of uploads) {
      try {
        await this.#send(upload, signal)
      } catch (error) {
        if (status(error) !== 412) throw this.#error(error)
        there.add(upload.path)
      }
    }
    return there
  }

  async #send(upload: Upload, signal: AbortSignal): Promise<void> {
    const whole = upload.bytes <= PART
    const body = uploadStream(upload)
    const transfer = new Transfer({
      client: this.#client,
      params: {
        ...this.#at(upload.path),
        Body: body,
        IfNoneMatch: "*",
        ChecksumAlgorithm: "SHA256",
        ...(whole ? { ChecksumSHA256: Buffer.from(upload.digest, "hex").toString("base64") } : {}),
      },
      partSize: PART,
      queueSize: 2,
    })
    const stop = (): void => void transfer.abort()
    signal.addEventListener("abort", stop)
    try {
      await transfer.done()
    } finally {
      signal.removeEventListener("abort", stop)
      body.destroy()
    }
  }

  #error(error: unknown): unknown {
    if (error instanceof StoreError || (error as Error).name === "AbortError") return error
    const { bucket, endpoint, region } = this.#address
    const server = endpoint ?? `Amazon S3 in ${region}`
    const known = KNOWN[reason(error)]
    if (known !== undefined) return remoteError(this.name, known.message(bucket, server), known.remedy)
    if (status(error) === undefined) return error
    const text = redact((error as Error).message ?? "", this.#secrets)
    return remoteError(
      this.name,
      `${server} answers ${status(error)}: ${(error as Error).name} ${text}`,
      "Run the same command again; if it stays, ask whoever keeps the server.",
    )
  }
}

const status = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode

/** What an error of the client is about. */
const reason = (error: unknown): keyof typeof KNOWN | "" => {
  const { name, code } = error as { name?: string; code?: string }
  if (name === "NoSuchBucket" || name === "InvalidBucketName") return "bucket"
  if (name === "SignatureDoesNotMatch" || name === "InvalidAccessKeyId" || name === "InvalidToken") return "secret"
  if (name === "ExpiredToken") return "secret"
  if (status(error) === 401 || status(error) === 403) return "forbidden"
  if (status(error) === 507) return "full"
  if (name === "TimeoutError" || UNREACHABLE.has(code ?? "")) return "unreachable"
  if (name === "BadDigest" || name === "XAmzContentSHA256Mismatch" || name === "InvalidDigest") return "digest"
  return ""
}

const UNREACHABLE = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"])

const KNOWN: Readonly<
  Record<string, { readonly message: (bucket: string, server: string) => string; readonly remedy: string }>
> = {
  bucket: {
    message: (bucket, server) => `There is no bucket "${bucket}" at ${server}`,
    remedy: "Make the bucket, or correct its name; AWS_ENDPOINT_URL_S3 says at which server it is looked for.",
  },
  secret: {
    message: (_, server) => `${server} doesn't know these secrets`,
    remedy: "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN, which runs out).",
  },
  forbidden: {
    message: (bucket, server) => `${server} refuses access to the bucket "${bucket}"`,
    remedy: "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that they may read (to push: write) there.",
  },
  full: {
    message: (_, server) => `The disk of ${server} is full`,
    remedy: "Free some space there, then run the same command again: what arrived is kept.",
  },
  unreachable: {
    message: (_, server) => `${server} can't be reached`,
    remedy: "Check the network and AWS_ENDPOINT_URL_S3, then run the same command again: what arrived is kept.",
  },
  digest: {
    message: (_, server) => `${server} got other bytes than were sent`,
    remedy: "Run the same command again; if it stays, the network or a disk changes bytes.",
  },
}
