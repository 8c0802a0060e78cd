/** Services of the worker on this machine: started when first asked for, shared by the nodes of a run, ended with it. */
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { WorkerError } from "../errors.ts"
import { linkArtifact } from "../run/link-artifact.ts"
import type { ServiceTask } from "./executor.ts"
import type { PythonSettings } from "./python-process.ts"
import { type RunningService, startService } from "./service-process.ts"

/** What all processes of a pool have in common; each gets a home of its own below `home`. */
export type PoolSettings = Omit<PythonSettings, "environment" | "secrets">

interface Offered {
  readonly service: RunningService
  readonly token: Redacted.Redacted<string>
}

export class LocalServices {
  readonly #settings: PoolSettings
  readonly #offered = new Map<string, Promise<Offered>>()
  #count = 0

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  serve(task: ServiceTask): Effect.Effect<{ url: string; token: Redacted.Redacted<string> }, WorkerError> {
    return Effect.tryPromise({
      try: async () => {
        const { service, token } = await this.#find(task)
        return { url: service.url, token }
      },
      catch: (error) => (error instanceof WorkerError ? error : broken(task, error)),
    })
  }

  async #find(task: ServiceTask): Promise<Offered> {
    const known = this.#offered.get(task.identity)
    if (known !== undefined && (await known).service.alive()) return known
    const started = this.#start(task)
    this.#offered.set(task.identity, started)
    started.catch(() => this.#offered.delete(task.identity))
    return started
  }

  async #start(task: ServiceTask): Promise<Offered> {
    const home = `${this.#settings.home}/${this.#count++}`
    const token = randomBytes(24).toString("hex")
    const inputs = Object.fromEntries(
      Object.entries(task.artifacts).map(([name, artifact]) => [name, `${home}/inputs/${name}${artifact.extension}`]),
    )
    fs.mkdirSync(`${home}/inputs`, { recursive: true })
    for (const [name, artifact] of Object.entries(task.artifacts))
      linkArtifact(task.store, artifact, inputs[name] as string)
    const secrets = { REPRO_SERVICE_TOKEN: token }
    const { module, params, node } = task
    const service = await startService(
      { ...this.#settings, home, environment: secrets, secrets },
      { module, params, inputs, node },
    )
    return { service, token: Redacted.make(token) }
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#offered.values())
    await Promise.all(all.map((one) => (one.status === "fulfilled" ? one.value.service.stop() : undefined)))
  }
}

const broken = (task: ServiceTask, error: unknown): WorkerError =>
  new WorkerError({
    kind: "internal",
    message: `The service ${task.module} could not be started: ${error instanceof Error ? error.message : String(error)}`,
    where: task.node,
    remedy: "Look at the message; run again when that is mended.",
  })
