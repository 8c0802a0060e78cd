/**
 * Starts a program that must not outlive this process: in a process group of its own with all that it starts, and with a
 * guard beside it. When the pipe on descriptor 3 closes, since this process ended however it did, the guard kills the whole
 * group. Otherwise a program of a killed driver would go on for hours, and write into what the next one uses.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"

const GUARDED = `(read -r _ <&3; kill -KILL 0) </dev/null >/dev/null 2>&1 &
exec /usr/bin/env -u PWD -u OLDPWD -u SHLVL -u _ "$@" 3<&-`

/** What a shell exits with when it can't start a program. */
const NOT_STARTED = new Set([126, 127])

/** Whether an exit code says that the program could not be started. */
export const neverStarted = (code: number | null): boolean => NOT_STARTED.has(code ?? 0)

/** Starts a program with its arguments; what it started itself ends with it too. */
export const spawnGuarded = (
  program: ReadonlyArray<string>,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): ChildProcessWithoutNullStreams => {
  const child = spawn("/bin/sh", ["-c", GUARDED, "sh", ...program], {
    ...options,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    detached: true,
  }) as ChildProcessWithoutNullStreams
  // What it started must not outlive it: it would keep the pipes open, and the end would not be seen.
  child.on("exit", () => signalGroup(child, "SIGKILL"))
  child.stdin.on("error", () => {})
  return child
}

/** Sends a signal to a guarded program and all that it started. */
export const signalGroup = ({ pid }: { readonly pid?: number | undefined }, signal: NodeJS.Signals): void => {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // it is gone already
  }
}
