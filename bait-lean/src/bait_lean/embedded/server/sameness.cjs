'use strict';
/** Whether a constant still means the same after the holes of a text were filled. */

const { CommandState } = require('./layouts.cjs');
const { LeanException } = require('./objects.cjs');

class Sameness {
  constructor(lean, library, constants, reporter) {
    Object.assign(this, { lean, library, constants, reporter, objects: lean.objects });
  }

  /**
   * Compares a constant of two environment entries with the kernel of the first: its type and, if
   * it is no theorem, its value. Proofs in them don't matter.
   */
  holds(name, entry, other) {
    const { objects: o } = this;
    const environment = o.field(entry.state, CommandState.env);
    const before = o.field(other.state, CommandState.env);
    return this.isSame(name, environment, before)
      && this.auxiliaries(name, environment, before)
        .every((auxiliary) => this.isSame(auxiliary, environment, before));
  }

  isSame(name, environment, before) {
    const { objects: o } = this;
    const found = [environment, before].map((env) => this.library.find(env, name));
    const same = found.every((info) => info !== null)
      && this.haveSameParts(environment, before, ...found.map((info) => this.library.read(info)));
    found.forEach((info) => info && o.dec(info));
    return same;
  }

  /**
   * The auxiliaries of both environments that a constant of the earlier one uses: with the same
   * name, they may define something else, as when a recursive definition is compiled to one.
   */
  auxiliaries(name, environment, before) {
    const { objects: o } = this;
    const info = this.library.find(before, name);
    const { type, value } = this.library.read(info);
    const names = [];
    this.library.uses(before, value === null ? [type] : [type, value], (n) => names.push(n));
    o.dec(info);
    return names.filter((n) => this.library.has(environment, n) && this.isInternal(before, n));
  }

  isInternal(environment, name) {
    const leanName = this.lean.names.make(name);
    const answer = this.reporter.isInternal(environment, leanName);
    this.objects.dec(leanName);
    return answer;
  }

  haveSameParts(environment, before, left, right) {
    const { objects: o } = this;
    const isData = left.kind !== 'theorem' && left.value !== null;
    if (left.kind !== right.kind || isData !== (right.value !== null && right.kind !== 'theorem')) {
      return false;
    }
    const terms = isData ? [right.type, right.value] : [right.type];
    const extended = this.withAuxiliaries(environment, before, terms);
    if (extended === null) return false;
    const same = this.constants.isSame(extended, left.type, right.type)
      && (!isData || this.constants.isSame(extended, left.value, right.value));
    o.dec(extended);
    return same;
  }

  /**
   * The environment (owned) with the auxiliary theorems that terms of the earlier one mention and
   * that it lacks, since a filled hole needs none, or others; null if they don't fit.
   */
  withAuxiliaries(environment, before, terms) {
    const { objects: o } = this;
    const names = [];
    this.library.uses(before, terms, (name) => names.push(name));
    const missing = new Map(names.filter((name) => !this.library.has(environment, name))
      .map((name) => [name, this.library.find(before, name)]));
    const infos = [...missing.values()];
    try {
      if (infos.some((info) => this.library.read(info).kind !== 'theorem')) return null;
      return this.reporter.replay.extended(environment, missing);
    } catch (error) {
      if (!(error instanceof LeanException)) throw error;
      return null;
    } finally {
      infos.forEach((info) => o.dec(info));
    }
  }
}

module.exports = { Sameness };
