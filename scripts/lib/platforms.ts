/** The platforms that the locks cover, in the words of the tools that read them. */

/** One platform. */
export interface Platform {
  readonly name: "linux-x64" | "linux-arm64" | "darwin-arm64"
  /** npm's names of system and processor. */
  readonly os: string
  readonly cpu: string
  /** uv's name of the oldest system that wheels must fit. */
  readonly uv: string
  /** What Python's markers see there. */
  readonly markers: { readonly sys_platform: string; readonly platform_machine: string }
}

/** The oldest macOS for which there are wheels of torch. */
export const MACOS = "14.0"

export const PLATFORMS: readonly Platform[] = [
  {
    name: "linux-x64",
    os: "linux",
    cpu: "x64",
    uv: "x86_64-manylinux_2_28",
    markers: { sys_platform: "linux", platform_machine: "x86_64" },
  },
  {
    name: "linux-arm64",
    os: "linux",
    cpu: "arm64",
    uv: "aarch64-manylinux_2_28",
    markers: { sys_platform: "linux", platform_machine: "aarch64" },
  },
  {
    name: "darwin-arm64",
    os: "darwin",
    cpu: "arm64",
    uv: "aarch64-apple-darwin",
    markers: { sys_platform: "darwin", platform_machine: "arm64" },
  },
]
