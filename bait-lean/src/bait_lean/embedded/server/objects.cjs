'use strict';
/**
 * Lean's runtime objects (lean.h of the 32-bit build): boxed scalars, constructors, strings,
 * arrays, closures, and reference counts.
 *
 * Conventions: a function that *takes* a value consumes one reference of it, as Lean's compiled
 * functions do with owned arguments; reading (`field`, `elements`, `text`) borrows. What a
 * function returns is owned by the caller unless it says "borrowed".
 *
 * An object is an 8-byte header (i32 reference count, u16, u8 number of fields, u8 tag) and its
 * fields of 4 bytes; scalar fields follow the object fields.
 */

const TAG = { closure: 245, array: 246, scalarArray: 248, string: 249 };
const HEADER = 8;

/** An exception of Lean's IO; `object` is the IO.Error or Exception. */
class LeanException extends Error {
  constructor(object) {
    super('Lean raised an exception');
    this.object = object;
  }
}

class Objects {
  constructor({ exports, memory, addFunction }) {
    this.exports = exports;
    this.memory = memory;
    this.addFunction = addFunction;
    this.nil = this.box(0); // also `none`, `[]`, `()`, `false`, Name.anonymous
    this.world = this.box(0); // the token that boxed IO functions take as last argument
  }

  // Scalars ---------------------------------------------------------------------------------

  box(number) {
    return ((number << 1) | 1) >>> 0;
  }

  unbox(value) {
    return value >>> 1;
  }

  isScalar(value) {
    return (value & 1) === 1;
  }

  // Reference counts --------------------------------------------------------------------------

  /** Adds `count` references; returns the object. Counts below zero are shared with threads. */
  inc(object, count = 1) {
    if (object & 1) return object;
    const references = this.memory.i32(object);
    if (references > 0) this.memory.setU32(object, references + count);
    else if (references < 0) Atomics.sub(this.memory.words, object >>> 2, count);
    return object;
  }

  dec(object) {
    if (object & 1) return;
    const references = this.memory.i32(object);
    if (references > 1) this.memory.setU32(object, references - 1);
    else if (references !== 0) this.exports.lean_dec_ref_cold(object);
  }

  /** Makes an object immortal (count 0), for values that live as long as the server. */
  keep(object) {
    if (!(object & 1)) this.exports.lean_mark_persistent(object);
    return object;
  }

  // Constructors ------------------------------------------------------------------------------

  /** The constructor's index, for scalars and objects alike. */
  tag(value) {
    return value & 1 ? value >>> 1 : this.memory.u8(value + 7);
  }

  fieldCount(object) {
    return this.memory.u8(object + 6);
  }

  /** The i-th field, borrowed. */
  field(object, index) {
    return this.memory.u32(object + HEADER + 4 * index);
  }

  /** The i-th field, owned. */
  take(object, index) {
    return this.inc(this.field(object, index));
  }

  /** A scalar byte, `offset` bytes after the object fields. */
  byte(object, offset) {
    return this.memory.u8(object + HEADER + 4 * this.fieldCount(object) + offset);
  }

  setByte(object, offset, value) {
    this.memory.setU8(object + HEADER + 4 * this.fieldCount(object) + offset, value);
  }

  allocate(size, tag, fieldCount) {
    const object = this.exports.lean_alloc_object(size) >>> 0;
    this.memory.setU32(object, 1);
    this.memory.setU16(object + 4, 0);
    this.memory.setU8(object + 6, fieldCount);
    this.memory.setU8(object + 7, tag);
    return object;
  }

  /** A constructor object from owned fields and, optionally, scalar bytes. */
  make(tag, fields, scalars = []) {
    const object = this.allocate(HEADER + 4 * fields.length + scalars.length, tag, fields.length);
    fields.forEach((value, i) => this.memory.setU32(object + HEADER + 4 * i, value));
    scalars.forEach((value, i) => this.setByte(object, i, value));
    return object;
  }

  /** A copy of a structure (borrowed) with some fields (owned) and bytes replaced; see layouts.cjs. */
  copyWith(object, layout, replaced, replacedBytes = {}) {
    if (this.fieldCount(object) !== layout.objectCount) {
      throw new Error(`a structure has ${this.fieldCount(object)} fields, not as in layouts.cjs`);
    }
    const fields = [];
    for (let i = 0; i < layout.objectCount; i += 1) {
      fields.push(i in replaced ? replaced[i] : this.take(object, i));
    }
    const scalars = [];
    for (let i = 0; i < layout.byteCount; i += 1) {
      scalars.push(replacedBytes[i] ?? this.byte(object, i));
    }
    return this.make(this.tag(object), fields, scalars);
  }

  some(value) {
    return this.make(1, [value]);
  }

  pair(first, second) {
    return this.make(0, [first, second]);
  }

  // Lists and arrays --------------------------------------------------------------------------

  list(values) {
    return values.reduceRight((tail, head) => this.make(1, [head, tail]), this.nil);
  }

  /** The elements of a List, borrowed. */
  listElements(list) {
    const elements = [];
    for (let cell = list; !(cell & 1); cell = this.field(cell, 1)) {
      elements.push(this.field(cell, 0));
    }
    return elements;
  }

  array(values) {
    const object = this.allocate(16 + 4 * values.length, TAG.array, 0);
    this.memory.setU32(object + 8, values.length);
    this.memory.setU32(object + 12, values.length);
    values.forEach((value, i) => this.memory.setU32(object + 16 + 4 * i, value));
    return object;
  }

  arraySize(array) {
    return this.memory.u32(array + 8);
  }

  element(array, index) {
    return this.memory.u32(array + 16 + 4 * index);
  }

  /** The elements of an Array, borrowed. */
  elements(array) {
    const size = this.arraySize(array);
    return Array.from({ length: size }, (_, i) => this.element(array, i));
  }

  // Strings and names -------------------------------------------------------------------------

  string(text) {
    const bytes = Buffer.from(text, 'utf8');
    const buffer = this.exports.malloc(bytes.length + 1) >>> 0;
    this.memory.write(buffer, bytes);
    this.memory.setU8(buffer + bytes.length, 0);
    const result = this.exports.lean_mk_string_from_bytes(buffer, bytes.length) >>> 0;
    this.exports.free(buffer);
    return result;
  }

  text(string) {
    return this.memory.text(string + 20, this.memory.u32(string + 8) - 1);
  }

  /** The text of an owned string, which is released. */
  takeText(string) {
    const text = this.text(string);
    this.dec(string);
    return text;
  }

  /** A closure over owned arguments; `address` is an index of the function table. */
  closure(address, arity, fixed) {
    const object = this.allocate(16 + 4 * fixed.length, TAG.closure, 0);
    this.memory.setU32(object + 8, address);
    this.memory.setU16(object + 12, arity);
    this.memory.setU16(object + 14, fixed.length);
    fixed.forEach((value, i) => this.memory.setU32(object + 16 + 4 * i, value));
    return object;
  }

  /** A Lean closure that runs `callback(...arguments)`, all owned. */
  callback(callback, arity) {
    return this.closure(this.addFunction(callback, 'i'.repeat(arity + 1)), arity, []);
  }

  /** A global constant of a module, borrowed. */
  global(symbol) {
    return this.memory.u32(this.exports[symbol].value);
  }

  // Results of IO -----------------------------------------------------------------------------

  ok(value) {
    return this.make(0, [value]);
  }

  /** The value of an EIO result (consumed); raises LeanException. */
  io(result) {
    const failed = this.tag(result) !== 0;
    const value = this.take(result, 0);
    this.dec(result);
    if (failed) throw new LeanException(value);
    return value;
  }
}

module.exports = { Objects, LeanException, TAG };
