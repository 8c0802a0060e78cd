/**
 * scripts/setup.ts with real pip and uv: what it installs, that it does nothing twice, repairs what was interrupted, and
 * what it says when it can't. The worker's lock is a small one here; what needs the registry is skipped without it.
 */
import { existsSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it, type TestContext } from "vitest"
import { root } from "../../scripts/lib/paths.ts"
import { type Checkout, makeCheckout, type Result } from "./checkout.ts"

const smallLock = `six==1.17.0 \\
    --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274
`

/** Another small package instead. */
const otherLock = `iniconfig==2.3.1 \\
    --hash=sha256:67f4b9c50da0dedf52af349e7749a80a9057a5031199791b906c3bb3ae878960 \\
    --hash=sha256:9121e2c1fdb355232495be3194c8dfe87ccc2d5dee45947b78e68f499790d7a7
`

const runtimes = {
  Node: [join(root, "node_modules", ".bin", "node")],
  Deno: [join(root, "node_modules", ".bin", "deno"), "run", "--quiet", "--allow-all"],
}

const small = (lock = smallLock): Checkout => {
  const checkout = makeCheckout()
  checkout.write("worker/locks/cpu.txt", lock)
  checkout.write("notebooks/locks/notebooks.txt", smallLock)
  return checkout
}

const setup = (
  checkout: Checkout,
  environment: Readonly<Record<string, string>> = {},
  runtime = runtimes.Node,
): Result => checkout.run([...runtime, "scripts/setup.ts"], { NO_COLOR: "1", ...environment })

/** Sets up, or skips the test where the registry is out of reach. */
const setupOnline = (context: TestContext, checkout: Checkout, runtime = runtimes.Node): Result => {
  const result = setup(checkout, {}, runtime)
  if (/registry could not be reached/.test(result.stderr)) {
    console.warn("setup: skipped, the Python package registry is out of reach")
    context.skip()
  }
  return result
}

const imports = ({ run, folder }: Checkout, code: string): number | null =>
  run([join(folder, ".cache/worker-venv/bin/python"), "-c", code]).code

/** No registry answers on the loopback's discard port; nothing is tried twice. */
const offline = {
  PIP_INDEX_URL: "http://127.0.0.1:9/simple",
  UV_DEFAULT_INDEX: "http://127.0.0.1:9/simple",
  PIP_RETRIES: "0",
  UV_HTTP_RETRIES: "0",
  PIP_FIND_LINKS: "",
}

describe("with the registry", { timeout: 300_000 }, () => {
  it("installs all three environments, then has nothing to do, repairs an interrupted one, and follows a new lock", (context) => {
    const checkout = small()
    const first = setupOnline(context, checkout)
    expect(first).toMatchObject({ code: 0, stdout: "" })
    expect(first.stderr).toMatch(/\[ +\d+\.\d s\] the worker's packages installed in \d/)
    expect(imports(checkout, "import six")).toBe(0)

    expect(setup(checkout)).toEqual({ code: 0, stdout: "", stderr: "" })

    const venv = join(checkout.folder, ".cache/worker-venv")
    rmSync(join(venv, ".installed"))
    rmSync(join(venv, "lib"), { recursive: true })
    const repaired = setup(checkout)
    expect(repaired.code).toBe(0)
    expect(repaired.stderr).not.toContain("notebooks")
    expect(imports(checkout, "import six")).toBe(0)

    checkout.write("worker/locks/cpu.txt", otherLock)
    expect(setup(checkout).code).toBe(0)
    expect(imports(checkout, "import iniconfig")).toBe(0)
    expect(imports(checkout, "import six")).not.toBe(0)
  })

  it("names a package whose bytes are not the lock's, and goes on from there once that is mended, under Deno", (context) => {
    const checkout = small(smallLock.replace("4721f3", "000000"))
    const { code, stderr } = setupOnline(context, checkout, runtimes.Deno)
    expect(code).toBe(1)
    expect(stderr).toMatch(/setup: a package has other bytes than worker\/locks\/cpu\.txt says/)
    expect(existsSync(join(checkout.folder, ".cache/worker-venv/.installed"))).toBe(false)

    checkout.write("worker/locks/cpu.txt", smallLock)
    const mended = setup(checkout, {}, runtimes.Deno)
    expect(mended.code).toBe(0)
    expect(mended.stderr).not.toContain("uv installed")
    expect(imports(checkout, "import six")).toBe(0)
  })
})

it.each(Object.entries(runtimes))("says which registry is out of reach, under %s", (_, runtime) => {
  const { code, stderr } = setup(small(), offline, runtime)
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /setup: the Python package registry could not be reached for the installer uv\. Check the network/,
  )
  expect(stderr).toContain('run "make setup" again')
  expect(stderr).not.toMatch(/\bat .*\.ts:\d+/)
})

it("refuses a worker lock that isn't there", () => {
  const { code, stderr } = setup(small(), { REPRO_WORKER_LOCK: "../x" })
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'setup: there is no worker lock named "../x". Set REPRO_WORKER_LOCK to cpu or gpu.\n',
  })
})

it("names the npm registry when that is out of reach", () => {
  const checkout = makeCheckout({ nodePackages: false })
  const environment = { npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0" }
  const { code, stderr } = checkout.run(["sh", "scripts/setup-node.sh"], {
    ...environment,
    npm_config_cache: join(checkout.folder, "npm"),
  })
  expect(code).toBe(1)
  expect(stderr).toMatch(/setup: the npm registry could not be reached\. Check the network/)
  expect(existsSync(join(checkout.folder, ".cache/setup/installed-package-lock.json"))).toBe(false)
})

it("locks name no registry and give every package a hash", () => {
  for (const lock of ["scripts/uv.lock.txt", "notebooks/locks/notebooks.txt", "package-lock.json"])
    expect(readFileSync(join(root, lock), "utf8")).not.toMatch(/https?:\/\/[^"\s]*\.(tgz|whl|tar\.gz)|--index-url/)
  for (const lock of ["scripts/uv.lock.txt", "notebooks/locks/notebooks.txt"]) {
    const pins = readFileSync(join(root, lock), "utf8").split(/\n(?=\S)/)
    for (const pin of pins) expect(pin).toMatch(/^[\w.-]+==\S+[\s\S]*--hash=sha256:[0-9a-f]{64}/)
  }
})
