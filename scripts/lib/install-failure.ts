/**
 * Turns what an installer printed when it failed into a sentence for a person: which kind of registry could not be
 * reached, or what else stands in the way, and what to do about it.
 */

/** What an installer was doing when it failed. */
export interface Installation {
  /** For people: "the worker's packages". */
  readonly what: string
  /** The lock file that it installs, as a person would write its path. */
  readonly lock: string
}

const unreachable =
  /ENOTFOUND|EAI_AGAIN|dns error|failed to lookup address|Failed to fetch|error sending request|NewConnectionError|Connection(Error| refused| reset)|ConnectTimeout|Network is unreachable|Could not connect|timed out|tunnel error|No matching distribution found for uv/i

const diskFull = /No space left on device|os error 28|ENOSPC/i
const wrongHash = /hash mismatch|do not match the hashes|THESE PACKAGES DO NOT MATCH/i
const noWheel = /no wheels? with a matching|No solution found|has no usable wheels|is not a supported wheel/i

/** Lines at the end of an installer's output that a person should see. */
const shownLines = 12

/** The sentence for a failed installation; `output` is what the installer printed. */
export const explainInstallFailure = ({ what, lock }: Installation, output: string): string => {
  const again = 'then run "make setup" again: what was downloaded is kept'
  if (diskFull.test(output)) return `the disk is full, so ${what} could not be installed. Free about 6 GB, ${again}.`
  if (wrongHash.test(output))
    return `a package has other bytes than ${lock} says, so ${what} were not installed. Check that the registry or mirror in use serves the original packages.\n${ending(output)}`
  if (unreachable.test(output))
    return `the Python package registry could not be reached for ${what}. Check the network (or PIP_INDEX_URL, UV_INDEX_URL and the proxy settings), ${again}.\n${ending(output)}`
  if (noWheel.test(output))
    return `a package in ${lock} does not exist for this machine. Linux on x64 is what the lock is tested on.\n${ending(output)}`
  return `${what} could not be installed from ${lock}. The installer said:\n${ending(output)}\nMend that, ${again}.`
}

const ending = (output: string): string =>
  output
    .trimEnd()
    .split("\n")
    .slice(-shownLines)
    .map((line) => `  | ${line}`)
    .join("\n")
