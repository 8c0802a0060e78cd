/** System calls that fail, or that a process does not survive, at an exact count: by strace. */
import { execFileSync } from "node:child_process"
import type { Launch } from "../../../kit/support/project.ts"

/** Why nothing can be traced here; undefined where it can. */
export const traceless: string | undefined = (() => {
  try {
    execFileSync("strace", ["-f", "-o", "/dev/null", "true"], { stdio: ["ignore", "pipe", "pipe"] })
    return undefined
  } catch (error) {
    return (error as Error).message.trim()
  }
})()

/**
 * Starts the command line so that calls are met by `fault`, in strace's words: `error=EIO:when=3`, `signal=SIGKILL:when=2+`.
 * Calls are counted for each thread; one worker thread makes the count of its calls certain. With `path`, only calls on
 * that file count.
 */
// Under --seccomp-bpf, which is faster, strace gives errors but no signals.
export const injecting = (
  calls: string,
  fault: string,
  environment: Readonly<Record<string, string>> = {},
): Launch => ({
  through: [
    "strace",
    "-f",
    ...(fault.startsWith("error") ? ["--seccomp-bpf"] : []),
    "-qqq",
    "-o",
    "/dev/null",
    "-e",
    `trace=${calls}`,
    "-e",
    `inject=${calls}:${fault}`,
  ],
  environment: { UV_THREADPOOL_SIZE: "1", ...environment },
})
