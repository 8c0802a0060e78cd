/**
 * A service of the worker: a Python process that offers a model on 127.0.0.1 until the run ends. It takes its model and
 * params as one line on stdin, and says its address as one line on stdout.
 */
import { WorkerError } from "../errors.ts"
import { type Ending, PythonProcess, type PythonSettings } from "./python-process.ts"

/** What a service is. */
export interface ServiceDescription {
  /** The Python module to run. */
  readonly module: string
  readonly params: object
  /** Inputs by absolute path. */
  readonly inputs: Readonly<Record<string, string>>
  /** The node that asked first, for messages. */
  readonly node: string
}

/** A service that has said its address. */
export interface RunningService {
  readonly url: string
  readonly alive: () => boolean
  readonly stop: () => Promise<void>
}

/** Starts a service and waits until it listens. */
export const startService = (settings: PythonSettings, service: ServiceDescription): Promise<RunningService> =>
  new Promise((resolve, reject) => {
    let [said, ended] = [false, false]
    const python = new PythonProcess(settings, service.module, {
      line: (line) => {
        if (said) return
        said = true
        const url = address(line)
        if (url === undefined) python.kill()
        else resolve({ url, alive: () => !ended, stop: () => python.stop() })
      },
      end: (ending) => {
        ended = true
        reject(ending instanceof WorkerError ? ending : died(service, ending, python.lastLines))
      },
    })
    python.say({ params: service.params, inputs: service.inputs })
  })

const address = (line: string): string | undefined => {
  try {
    const said = JSON.parse(line) as { readonly event?: string; readonly url?: string }
    return said.event === "listening" ? said.url : undefined
  } catch {
    return undefined
  }
}

const died = ({ module, node }: ServiceDescription, { code, signal }: Ending, lastLines: string): WorkerError =>
  new WorkerError({
    kind: signal === "SIGKILL" ? "memory" : "died",
    message: `The service ${module} ended ${signal === null ? `with exit code ${code}` : `by signal ${signal}`}${lastLines}`,
    where: node,
    remedy: "Look at its last lines; run again when that is mended.",
  })
