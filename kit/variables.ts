/**
 * Environment variables that stages declare. Those under `environment` count: their values are part of keys and records
 * and are shown. Those under `secrets` are handed on and kept out of everything. A secret declared as the former is refused.
 */
import { PipelineError } from "./errors.ts"
import type { EnvironmentRecord } from "./store/record.ts"

/** The names that a stage declares. */
export interface DeclaredVariables {
  /** Variables that decide what comes out. */
  readonly environment: ReadonlyArray<string>
  /** Tokens, and what only says how to reach the world, such as a proxy. */
  readonly secrets: ReadonlyArray<string>
}

/** How a counted variable is called in a record's environment. */
export const VARIABLE = "variable "

const SECRET_NAME = /TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH|COOKIE/i

/** Forms in which services hand out tokens, and addresses that hold a password. */
const SECRET_VALUE =
  /\b((hf|gh[pousr]|github_pat)_\w{20}|(sk|glpat|xox[abprs])-[\w-]{20}|A[KS]IA[0-9A-Z]{16}|eyJ[\w-]+\.eyJ)|-----BEGIN [A-Z ]*PRIVATE KEY|\w:\/\/[^/\s:@]+:[^/\s@]+@/

/** Refuses a name that is declared twice, or that says it holds a secret but is declared as one that counts. */
export const checkDeclared = (stage: string, file: string, { environment, secrets }: DeclaredVariables): void => {
  const secret = environment.find((name) => SECRET_NAME.test(name))
  if (secret !== undefined) throw refused(stage, file, secret, "its name says that it holds a secret")
  const both = environment.find((name) => secrets.includes(name))
  if (both !== undefined) throw refused(stage, file, both, "it is declared under `secrets` too")
}

/** The counted variables of a stage with their values now, by the name that they have in a record's environment. */
export const countedVariables = (
  stage: { readonly name: string; readonly file: string } & Pick<DeclaredVariables, "environment">,
): EnvironmentRecord =>
  Object.fromEntries(
    stage.environment.flatMap((name) => {
      const value = process.env[name]
      if (value === undefined) return []
      if (looksSecret(value)) throw refused(stage.name, stage.file, name, "its value looks like a secret")
      return [[`${VARIABLE}${name}`, value]]
    }),
  )

/** Whether a text holds what looks like a token, a private key or a password in an address. */
export const looksSecret = (text: string): boolean => SECRET_VALUE.test(text)

const refused = (stage: string, file: string, name: string, why: string): PipelineError =>
  new PipelineError({
    message: `The stage "${stage}" declares ${name} under \`environment\`, but ${why}`,
    where: file,
    remedy:
      "Values under `environment` are part of keys and are shown. Declare it under `secrets`: then it is handed on and never recorded.",
  })
