/** A line to a server that breaks or stands still after so many bytes of each large answer. */
import * as net from "node:net"

export interface FaultyLine {
  readonly url: string
  /** Bytes that each connection brings back before it is cut or stands still. */
  limit: number
  fault: "none" | "cut" | "stall"
  /** First lines and ranges of the requests that passed. */
  readonly requests: Array<string>
  readonly stop: () => Promise<void>
}

export const faultyLine = async (port: number): Promise<FaultyLine> => {
  const sockets = new Set<net.Socket>()
  const requests: Array<string> = []
  const server = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1")
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => {
        near.destroy()
        far.destroy()
      })
    }
    near.on("data", (data) => {
      const text = data.toString("latin1")
      if (/^[A-Z]+ \//u.test(text))
        requests.push(`${text.split(" HTTP")[0]} ${/range: \S+/iu.exec(text)?.[0] ?? ""}`.trim())
      far.write(data)
    })
    let came = 0
    far.on("data", (data) => {
      came += data.length
      if (line.fault === "none" || came <= line.limit) near.write(data)
      else if (line.fault === "cut") near.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const line: FaultyLine = {
    url: `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    limit: 0,
    fault: "none",
    requests,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return line
}
