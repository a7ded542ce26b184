'use strict';
/**
 * Calls of Lean's compiled functions, and the small conversions that all modules share.
 *
 * `call` and `io` take owned arguments (see objects.cjs), scalars boxed.
 */

const { Objects } = require('./objects.cjs');
const { Names } = require('./names.cjs');
const { Exception, MessageLog, SyntaxNode } = require('./layouts.cjs');

const VALUE_OF_REFERENCE = 8;
const LARGEST_BOXED = 2 ** 31;
const SYNTAX_NODE_TAG = 1;
const TRUE = 3; // boxed

class Lean {
  constructor({ directory, exports, memory, addFunction, internals }) {
    Object.assign(this, { directory, exports, memory, addFunction, internals });
    this.objects = new Objects(this);
    this.names = new Names(this);
    this.cancelToken = null; // of the request that runs
  }

  /** Calls a compiled function. Boxed variants take all arguments owned and boxed, and a world. */
  call(symbol, ...args) {
    const f = this.exports[`${symbol}___boxed`] ?? this.exports[symbol];
    return f(...args, this.objects.world) >>> 0;
  }

  /** Calls a function of IO, CoreM, MetaM...; raises LeanException. */
  io(symbol, ...args) {
    return this.objects.io(this.call(symbol, ...args));
  }

  /** The index of a compiled function in the function table; the boxed variant if there is one. */
  address(symbol) {
    return this.addFunction(this.exports[`${symbol}___boxed`] ?? this.exports[symbol]);
  }

  // References --------------------------------------------------------------------------------

  reference(value) {
    return this.exports.lean_st_mk_ref(value) >>> 0;
  }

  dereference(reference) {
    return this.exports.lean_st_ref_get(reference) >>> 0;
  }

  /** Whether the running request was cancelled. */
  isCancelled() {
    return this.cancelToken !== null
      && this.memory.u32(this.cancelToken + VALUE_OF_REFERENCE) === TRUE;
  }

  // Constants ---------------------------------------------------------------------------------

  noOptions() {
    return this.objects.inc(this.objects.global('l_Lean_Options_empty'));
  }

  noMessages() {
    return this.objects.inc(this.objects.global('l_Lean_MessageLog_empty'));
  }

  /** An empty PersistentArray: that of the empty message log. */
  emptyTrees() {
    const { objects: o } = this;
    return o.take(o.global('l_Lean_MessageLog_empty'), MessageLog.unreported);
  }

  /** The function that answers `false`; of Lean's own, as other threads may call it. */
  never() {
    const { objects: o } = this;
    return o.closure(this.address('l_Function_const'), 4, [o.nil, o.nil, o.box(0)]);
  }

  // Texts -------------------------------------------------------------------------------------

  /** A natural number (borrowed) as a number or, if large, a string of digits. */
  natural(value) {
    const { objects: o } = this;
    if (o.isScalar(value)) return o.unbox(value);
    return o.takeText(this.call('l_Nat_reprFast', o.inc(value)));
  }

  /** An owned natural number from an integer below 2^32. */
  makeNatural(number) {
    const { objects: o } = this;
    if (number < LARGEST_BOXED) return o.box(number);
    return this.exports.lean_big_uint64_to_nat(BigInt(number)) >>> 0;
  }

  messageText(data) {
    const { objects: o } = this;
    return o.takeText(this.call('l_Lean_MessageData_toString', o.inc(data))).trim();
  }

  /** The text of an Exception (borrowed), or null for an internal one (an abort). */
  exceptionText(exception) {
    if (this.objects.tag(exception) !== Exception.tags.error) return null;
    return this.messageText(this.objects.field(exception, Exception.message));
  }

  ioErrorText(error) {
    const { objects: o } = this;
    return o.takeText(this.exports.lean_io_error_to_string(o.inc(error)) >>> 0);
  }

  format(format, width) {
    const { objects: o } = this;
    return o.takeText(this.call('l_Std_Format_pretty', format, o.box(width), o.box(0), o.box(0)));
  }

  // Syntax ------------------------------------------------------------------------------------

  /** The kind of a syntax node (borrowed); '' of an atom. */
  syntaxKind(syntax) {
    const { objects: o } = this;
    if (o.isScalar(syntax) || o.tag(syntax) !== SYNTAX_NODE_TAG) return '';
    return this.names.text(o.field(syntax, SyntaxNode.kind));
  }

  /** The elements of a PersistentArray, borrowed from a list that lives as long as `array`. */
  persistentElements(array) {
    const { objects: o } = this;
    const list = this.call('l_Lean_PersistentArray_toList___redArg', o.inc(array));
    const elements = o.listElements(list);
    o.dec(list);
    return elements;
  }

  /** What Lean printed when it gave up, if it did. */
  get panic() {
    return this.internals.panic;
  }

  /** Bytes of memory below the end of the heap; it never shrinks. */
  get heap() {
    return this.exports.sbrk(0) >>> 0;
  }

  get version() {
    return this.objects.text(this.objects.global('l_Lean_versionString'));
  }
}

module.exports = { Lean };
