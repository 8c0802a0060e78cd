/**
 * versitygw, a real S3 server, on a folder: built by Go the first time, into the project's cache. It needs Go 1.21 or
 * newer (Debian 12's own is older), on the PATH or in /usr/local/go.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as net from "node:net"
import * as path from "node:path"
import { until } from "../../../kit/support/project.ts"

const VERSION = "v1.8.0"
const ROOT = path.resolve(import.meta.dirname, "../../../..")
const BIN = `${ROOT}/.cache/versitygw-${VERSION}`

const build = (): string => {
  const binary = `${BIN}/versitygw`
  if (fs.existsSync(binary)) return binary
  const env = { ...process.env, GOBIN: BIN, PATH: `${process.env.PATH}:/usr/local/go/bin` }
  const built = spawnSync("go", ["install", `github.com/versity/versitygw/cmd/versitygw@${VERSION}`], {
    env,
    encoding: "utf8",
  })
  if (built.status === 0) return binary
  throw new Error(
    `versitygw can't be built (${built.error?.message ?? built.stderr}). Install Go 1.21 or newer from go.dev, then run again.`,
  )
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

/** A running server. */
export interface Gateway {
  readonly port: number
  /** The folder whose folders are the buckets. */
  readonly folder: string
  /** Variables by which the kit reaches it. */
  readonly environment: Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

/** Starts a server with one bucket, `results`, on a folder. */
export const startGateway = async (folder: string): Promise<Gateway> => {
  const binary = build()
  const port = await freePort()
  const [id, key] = [randomBytes(10).toString("hex"), randomBytes(20).toString("hex")]
  fs.mkdirSync(`${folder}/results`, { recursive: true })
  const env = { PATH: process.env.PATH, ROOT_ACCESS_KEY: id, ROOT_SECRET_KEY: key }
  const child = spawn(binary, ["--quiet", "--port", `127.0.0.1:${port}`, "posix", folder], { env, stdio: "ignore" })
  await until(() => answered.has(port) || knock(port), "the S3 server answers", 60_000)
  return {
    port,
    folder,
    environment: {
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: key,
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
    },
    stop: () => stop(child),
  }
}

const answered = new Set<number>()

const knock = (port: number): boolean => {
  const socket = net.connect(port, "127.0.0.1", () => {
    answered.add(port)
    socket.destroy()
  })
  socket.on("error", () => {})
  return false
}

const stop = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null) return resolve()
    child.once("exit", () => resolve())
    child.kill("SIGKILL")
  })
