/** A double of an OpenTelemetry collector: takes OTLP over HTTP as JSON on this machine and keeps the spans. */
import * as http from "node:http"
import { onTestFinished } from "vitest"

interface Value {
  readonly stringValue?: string
  readonly intValue?: number | string
}

/** A span as it came. */
export interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Value }>
  readonly status: { readonly code: number; readonly message?: string }
}

export interface Collector {
  readonly address: string
  readonly spans: () => ReadonlyArray<Span>
  /** Everything that came, as text. */
  readonly text: () => string
}

/** Starts the double; it ends with the test. */
export const startCollector = async (): Promise<Collector> => {
  const bodies: Array<string> = []
  const server = http.createServer((request, response) => {
    let body = ""
    request.on("data", (data) => {
      body += data
    })
    request.on("end", () => {
      if (request.url === "/v1/traces") bodies.push(body)
      response.writeHead(request.url === "/v1/traces" ? 200 : 404, { "content-type": "application/json" }).end("{}")
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  return {
    address: `http://127.0.0.1:${port}`,
    text: () => bodies.join("\n"),
    spans: () =>
      bodies.flatMap((body) =>
        JSON.parse(body).resourceSpans.flatMap(
          (resource: { scopeSpans: ReadonlyArray<{ spans: ReadonlyArray<Span> }> }) =>
            resource.scopeSpans.flatMap(({ spans }) => spans),
        ),
      ),
  }
}

/** A span's attribute as text. */
export const attribute = (span: Span, key: string): string | undefined => {
  const value = span.attributes.find((one) => one.key === key)?.value
  return value === undefined ? undefined : String(value.stringValue ?? value.intValue)
}
