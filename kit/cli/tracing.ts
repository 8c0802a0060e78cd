/**
 * Sends the spans of a run to an OpenTelemetry collector when OTEL_EXPORTER_OTLP_ENDPOINT (or its form for traces) names
 * one. The other OTEL_ variables count as in OpenTelemetry's specification; OTLP over HTTP is spoken, as JSON or protobuf.
 */
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { UsageError } from "../errors.ts"

const PROTOCOLS = ["http/json", "http/protobuf"]

/** The variable that names the collector, if any. */
const endpointVariable = (): string | undefined =>
  ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"].find((name) => (process.env[name] ?? "") !== "")

/** A layer that collects spans where the environment asks for it, and does nothing elsewhere. */
export const tracing: Layer.Layer<never, UsageError> = Layer.unwrap(
  Effect.suspend(() => {
    const variable = endpointVariable()
    if (variable === undefined || process.env.OTEL_SDK_DISABLED === "true") return Effect.succeed(Layer.empty)
    return Effect.andThen(checkSettings(variable), Effect.promise(exporter))
  }),
)

const checkSettings = (variable: string): Effect.Effect<void, UsageError> => {
  const protocol = process.env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? process.env.OTEL_EXPORTER_OTLP_PROTOCOL
  const problem = !/^https?:$/u.test(URL.parse(process.env[variable] ?? "")?.protocol ?? "")
    ? { where: variable, message: `${variable} is no address of a collector`, remedy: "Write it as http://HOST:4318." }
    : protocol !== undefined && !PROTOCOLS.includes(protocol)
      ? {
          where: "OTEL_EXPORTER_OTLP_PROTOCOL",
          message: `Spans can't be sent by "${protocol}"`,
          remedy: `Use ${PROTOCOLS.join(" or ")}.`,
        }
      : undefined
  return problem === undefined ? Effect.void : Effect.fail(new UsageError(problem))
}

const exporter = async () => {
  const [{ layerFromConfig }, { layerJson, layerProtobuf }, FetchHttpClient] = await Promise.all([
    import("effect/observability/OtlpTracer"),
    import("effect/observability/OtlpSerialization"),
    import("effect/http/FetchHttpClient"),
  ])
  const protocol = process.env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? process.env.OTEL_EXPORTER_OTLP_PROTOCOL
  const settings = ConfigProvider.fromEnv({
    env: { OTEL_TRACES_EXPORTER: "otlp", OTEL_SERVICE_NAME: "repro", ...environment() },
  })
  return layerFromConfig().pipe(
    Layer.provide(protocol === "http/protobuf" ? layerProtobuf : layerJson),
    Layer.provide(FetchHttpClient.layer),
    Layer.provide(ConfigProvider.layer(settings)),
  )
}

/** The variables that have a value. */
const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
