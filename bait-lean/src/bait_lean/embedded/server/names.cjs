'use strict';
/** Lean's hierarchical names as texts, and back. */

const { NameTag } = require('./layouts.cjs');

const PLAIN = /^[A-Za-z_][A-Za-z0-9_'!?]*$/; // a component that never needs «»
const COMPONENT = /«([^»]*)»|([^.«]+)/g;
const HYGIENE = '_hyg';

class Names {
  constructor(lean) {
    this.lean = lean;
    this.objects = lean.objects;
  }

  /** The components of a name (borrowed), outermost first: strings and numbers. */
  components(name) {
    const { objects: o } = this;
    const parts = [];
    for (let n = name; !o.isScalar(n); n = o.field(n, 0)) {
      const part = o.field(n, 1);
      parts.push(o.tag(n) === NameTag.str ? o.text(part) : Number(this.lean.natural(part)));
    }
    return parts.reverse();
  }

  /**
   * The text of a name as Lean prints it, with «» where needed; different for different names:
   * what no «» can quote, which only programs can make, is written as JSON.
   */
  text(name) {
    const parts = this.components(name);
    if (parts.every((part) => typeof part !== 'string' || PLAIN.test(part))) return parts.join('.');
    const text = this.escapedText(name);
    const isFaithful = JSON.stringify(this.split(text)) === JSON.stringify(parts);
    return isFaithful ? text : JSON.stringify(parts);
  }

  escapedText(name) {
    const { lean, objects: o } = this;
    return o.takeText(lean.call('l_Lean_Name_toString', o.inc(name), o.box(1), lean.never()));
  }

  /** The components that the text of a name stands for. */
  split(text) {
    if (text.startsWith('[')) return JSON.parse(text);
    return [...text.matchAll(COMPONENT)].map(([, quoted, plain]) => (
      quoted === undefined && /^\d+$/.test(plain) ? Number(plain) : quoted ?? plain
    ));
  }

  /** An owned name from its text. */
  make(text) {
    const { lean, objects: o } = this;
    return this.split(text).reduce((prefix, part) => (
      typeof part === 'number'
        ? lean.call('l_Lean_Name_num___override', prefix, lean.makeNatural(part))
        : lean.call('l_Lean_Name_str___override', prefix, o.string(part))
    ), o.nil);
  }

  /** What users see of a local name: inaccessible ones end in a dagger. */
  visible(name) {
    const parts = this.components(name);
    if (parts.at(-2) !== HYGIENE && !parts.includes(HYGIENE)) return parts.join('.');
    return `${parts.slice(0, parts.indexOf('_@')).join('.')}✝`;
  }
}

module.exports = { Names };
