/** Sends a message: by TCP it comes behind its length. */
export async function writeFrame(connection: Deno.Conn, message: Uint8Array): Promise<void> {
  const frame = new Uint8Array(2 + message.length);
  new DataView(frame.buffer).setUint16(0, message.length);
  frame.set(message, 2);
  for (let at = 0; at < frame.length;) at += await connection.write(frame.subarray(at));
}

/**
 * Receives a message.
 *
 * @throws {Error} where the connection ends before the message does.
 */
export async function readFrame(connection: Deno.Conn): Promise<Uint8Array> {
  const head = await readBytes(connection, 2);
  return await readBytes(connection, new DataView(head.buffer).getUint16(0));
}

async function readBytes(connection: Deno.Conn, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = await connection.read(bytes.subarray(at));
    if (count === null) throw new Error("the connection ended");
    at += count;
  }
  return bytes;
}
