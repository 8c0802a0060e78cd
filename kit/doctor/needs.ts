/** Whether what a profile needs is there. The network is asked only where that is wanted. */
import type { Need } from "../needs.ts"
import { type Finding, missing, note, ok } from "./finding.ts"
import { type Accelerator, accelerators } from "./machine.ts"

/** Milliseconds that an address has to answer. */
const PATIENCE = 10_000

/** Findings in the needs' order. */
export const findNeeds = (needs: ReadonlyArray<Need>, network: boolean): Promise<ReadonlyArray<Finding>> =>
  Promise.all(needs.map((need) => findNeed(need, network)))

const findNeed = async (need: Need, network: boolean): Promise<Finding> => {
  const of = ` for ${need.purpose}`
  switch (need.kind) {
    case "gpu":
      return gpu(`a GPU with ${need.gigabytes} GB${of}`, need.gigabytes)
    case "variable":
      return (process.env[need.name] ?? "") === ""
        ? missing(`${need.name}${of}`, "not set", `Set the variable ${need.name}.`)
        : ok(`${need.name}${of}`, "set")
    case "value":
      return need.declared
        ? ok(`${need.what}${of}`, "declared")
        : missing(`${need.what}${of}`, "nobody has declared it", `Declare what is not declared in ${need.file}.`)
    case "address": {
      const url = addressOf(need)
      return network ? answers(`${url}${of}`, url, need.variable) : note(`${url}${of}`, "was not asked")
    }
  }
}

const addressOf = ({ url, variable }: Need & { readonly kind: "address" }): string =>
  withoutPassword((variable === undefined ? undefined : process.env[variable]) || url)

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/u, "//")

/** Memory that a card tells of is a little less than what it is sold with. */
const ROUNDING = 0.93

const gpu = (name: string, gigabytes: number): Finding => {
  const found = accelerators()
  const text = (card: Accelerator): string => `${card.name}, ${card.gigabytes.toFixed(0)} GB`
  if (found.some((card) => card.gigabytes >= gigabytes * ROUNDING)) return ok(name, found.map(text).join("; "))
  const told = found.length === 0 ? "none is visible" : `only ${found.map(text).join("; ")}`
  return missing(name, told, "Run on a machine with such a GPU, with its lock (`REPRO_WORKER_LOCK=gpu make setup`).")
}

const answers = async (name: string, url: string, variable: string | undefined): Promise<Finding> => {
  try {
    const { status } = await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) })
    if (status < 500) return ok(name, "answers")
    return missing(name, `answers with status ${status}`, "Try again later.")
  } catch (error) {
    const { message, cause } = error as Error
    const instead = variable === undefined ? "" : `, or name a mirror of it in ${variable}`
    return missing(
      name,
      `can't be reached (${cause instanceof Error ? cause.message : message})`,
      `Run where ${url} can be reached${instead}, or pull what it is for from a store that has it (\`repro pull\`).`,
    )
  }
}
