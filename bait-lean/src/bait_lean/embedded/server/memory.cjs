'use strict';
/**
 * Typed access to the WebAssembly memory that Lean lives in.
 *
 * The memory is shared and grows in place, so an old view stays right for old addresses; it is
 * renewed only when an address lies outside. All addresses are byte offsets of the 32-bit build.
 */

const MAXIMUM_BYTES = 2 ** 31; // the limit that lean.wasm was linked with

const UTF8 = new TextDecoder('utf-8');

class Memory {
  /** @param {WebAssembly.Memory} wasmMemory */
  constructor(wasmMemory) {
    this.wasmMemory = wasmMemory;
    this.renew();
  }

  renew() {
    const buffer = this.wasmMemory.buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
  }

  /** Unsigned 8-bit value at `address`. */
  u8(address) {
    if (address >= this.bytes.length) this.renew();
    return this.bytes[address];
  }

  setU8(address, value) {
    if (address >= this.bytes.length) this.renew();
    this.bytes[address] = value;
  }

  u16(address) {
    return this.u8(address) | (this.u8(address + 1) << 8);
  }

  setU16(address, value) {
    this.setU8(address, value & 0xff);
    this.setU8(address + 1, value >>> 8);
  }

  /** Signed 32-bit value at `address`, a multiple of 4. */
  i32(address) {
    const index = address >>> 2;
    if (index >= this.words.length) this.renew();
    return this.words[index];
  }

  /** Unsigned 32-bit value (a pointer, a boxed scalar, a size) at `address`, a multiple of 4. */
  u32(address) {
    return this.i32(address) >>> 0;
  }

  setU32(address, value) {
    const index = address >>> 2;
    if (index >= this.words.length) this.renew();
    this.words[index] = value;
  }

  /** A copy of `length` bytes decoded as UTF-8. */
  text(address, length) {
    if (address + length > this.bytes.length) this.renew();
    return UTF8.decode(this.bytes.slice(address, address + length));
  }

  write(address, bytes) {
    if (address + bytes.length > this.bytes.length) this.renew();
    this.bytes.set(bytes, address);
  }

  /** Bytes that the memory spans at present. */
  get size() {
    return this.wasmMemory.buffer.byteLength;
  }
}

module.exports = { MAXIMUM_BYTES, Memory };
