'use strict';
/**
 * Reports of what a text adds to an environment: each new constant with what it says and rests on,
 * by the command that made it, and whether Lean's kernel accepts all of them again.
 *
 * Constants are found by comparing environments, never by names in the text, so that no text can
 * make a report speak of another declaration than the one that was elaborated.
 */

const { createHash } = require('node:crypto');
const { CommandState, ExprTag, SMap } = require('./layouts.cjs');
const { Examples } = require('./examples.cjs');
const { FORBIDDEN, SORRY } = require('./forbidden.cjs');
const { Kernel } = require('./kernel.cjs');
const { LeanException } = require('./objects.cjs');
const { Serialiser } = require('./parts.cjs');
const { Replay } = require('./replay.cjs');
const { Sorries } = require('./sorries.cjs');
const { Terms } = require('./terms.cjs');

class Reporter {
  constructor(lean, frontend, library) {
    Object.assign(this, { lean, frontend, library, objects: lean.objects });
    this.terms = new Terms(lean);
    this.kernel = new Kernel(lean);
    this.replay = new Replay(lean, library);
    this.sorries = new Sorries(lean, frontend, this.terms);
    this.examples = new Examples(lean, frontend);
    this.imports = null; // the imported environment of the text that is being reported
  }

  /**
   * Elaborates `text` as `Frontend.run` does, with a report.
   *
   * @param keep takes {state, base, replayed} after a command, all owned, and returns its number:
   *   `replayed` is the environment that the kernel has rebuilt from the imports, or null if
   *   it has refused something
   * @returns {{state, base, messages, holes, replayed, report}}
   */
  run(text, previous, keep) {
    const { objects: o } = this;
    const report = { commands: [], constants: [], kernel: '' };
    this.examples.count = 0;
    let progress = null;
    const result = this.frontend.run(text, previous, (step) => {
      progress ??= this.begin(previous, step, report);
      this.command(step, progress, report);
      const replayed = progress.replayed && o.inc(progress.replayed);
      const env = keep({ state: o.inc(step.after), base: step.base, replayed });
      report.commands.push({ position: step.position, env });
    });
    // Without commands, nothing has changed.
    const replayed = progress ? progress.replayed : previous?.replayed && o.inc(previous.replayed);
    return { ...result, replayed: replayed ?? null, report };
  }

  /** Where a report starts: the constants that are known, and the kernel's own environment. */
  begin(previous, { before, base }, report) {
    const { objects: o } = this;
    const known = this.added(o.field(before, CommandState.env));
    this.imports = this.frontend.bases.get(base);
    try {
      const replayed = previous ? this.replayedOf(previous) : this.frontend.bases.get(base);
      return { known, replayed: o.inc(replayed) };
    } catch (error) {
      report.kernel = this.kernelError(error);
      return { known, replayed: null };
    }
  }

  /** The environment (borrowed) that the kernel has rebuilt for an entry; raises LeanException. */
  replayedOf(entry) {
    if (!entry.replayed) {
      const environment = this.objects.field(entry.state, CommandState.env);
      const imports = this.frontend.bases.get(entry.base);
      entry.replayed = this.replay.run(imports, imports, this.added(environment)).replayed;
    }
    return entry.replayed;
  }

  command(step, progress, report) {
    const { objects: o } = this;
    const environment = o.field(step.after, CommandState.env);
    const fresh = this.newConstants(environment, o.field(step.before, CommandState.env), progress);
    if (fresh.size > 0) {
      const { replayed, left } = this.check(progress.replayed, fresh, report);
      progress.replayed = replayed;
      report.constants.push(...this.describe(environment, fresh, left, step.position));
      fresh.forEach((info, name) => progress.known.set(name, info));
    }
    this.example(step, environment, progress, report);
  }

  /** Reports the example of a command, if it has one. */
  example(step, environment, progress, report) {
    const { objects: o } = this;
    const scratch = this.examples.elaborate(step, progress.known);
    if (scratch === null) {
      if (step.hasExample) report.constants.push(this.unseen(step.position));
      return;
    }
    const kept = o.field(scratch, CommandState.env);
    const own = this.newConstants(kept, environment, progress);
    const shared = progress.replayed && o.inc(progress.replayed);
    const { replayed, left } = this.check(shared, own, report);
    if (replayed !== null) o.dec(replayed);
    report.constants.push(...this.describe(kept, own, left, step.position));
    if (own.size === 0) report.constants.push(this.unseen(step.position));
    o.dec(scratch);
  }

  /** Stands for an example that could not be elaborated again and so is unchecked. */
  unseen(position) {
    return {
      name: this.examples.nextName(),
      kind: 'theorem',
      type: '',
      position,
      internal: false,
      unsafe: true,
      proves: true,
      uses: [],
      axioms: [],
      sorries: [],
    };
  }

  newConstants(environment, before, { known }) {
    if (this.table(environment) === this.table(before)) return new Map();
    return new Map([...this.added(environment)]
      .filter(([name, info]) => known.get(name) !== info));
  }

  // Constants of an environment -----------------------------------------------------------------

  /** The table (borrowed) of the constants that were added to an environment's imports. */
  table(environment) {
    const { lean, objects: o } = this;
    const constants = lean.call('l_Lean_Environment_constants', o.inc(environment));
    const table = o.field(constants, SMap.added);
    o.dec(constants);
    return table;
  }

  /** Name -> ConstantInfo (borrowed from the environment) of the constants that were added. */
  added(environment) {
    const { lean, objects: o } = this;
    const list = lean.call('l_Lean_PersistentHashMap_toList___redArg',
      o.inc(this.table(environment)));
    const found = new Map(o.listElements(list).map((pair) => (
      [lean.names.text(o.field(pair, 0)), o.field(pair, 1)]
    )));
    o.dec(list);
    return found;
  }

  // The kernel --------------------------------------------------------------------------------

  /** `replay` that takes its environment, null if there is none, and notes an error in the report. */
  check(replayed, constants, report) {
    const failed = { replayed: null, left: new Set(constants.keys()) };
    try {
      if (report.kernel !== '') return failed;
      return this.replay.run(this.imports, replayed, constants);
    } catch (error) {
      report.kernel = this.kernelError(error);
      return failed;
    } finally {
      if (replayed !== null) this.objects.dec(replayed);
    }
  }

  kernelError(error) {
    if (!(error instanceof LeanException)) throw error;
    return this.lean.ioErrorText(error.object);
  }

  // Descriptions ------------------------------------------------------------------------------

  describe(environment, constants, left, position) {
    return [...constants].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, info]) => (
      { ...this.constant(environment, name, info), position, unsafe: left.has(name) }
    ));
  }

  constant(environment, name, info) {
    const { type, value, kind, name: leanName } = this.library.read(info);
    const used = { constants: new Set(), axioms: new Set(), sorries: [] };
    for (const term of value === null ? [type] : [type, value]) {
      this.use(term, used);
    }
    if (kind === 'inductive') this.replay.constructors(info).forEach((n) => used.constants.add(n));
    return {
      name,
      kind,
      type: this.hash(environment, type),
      value: value === null || kind === 'theorem' ? '' : this.hash(environment, value),
      internal: this.isInternal(environment, leanName),
      proves: kind === 'theorem' || this.kernel.isProposition(environment, type),
      uses: [...used.constants],
      axioms: [...used.axioms],
      sorries: used.sorries,
    };
  }

  /**
   * Whether Lean has made a constant for another one. A name that looks like it does not suffice,
   * since users may give it: nothing must be declared under it, and what it belongs to must exist.
   */
  isInternal(environment, leanName) {
    const { lean, objects: o } = this;
    const isReserved = lean.call('l_Lean_isReservedName', o.inc(environment), o.inc(leanName));
    if (o.unbox(isReserved) !== 0) return true;
    const userName = lean.call('l_Lean_privateToUserName', o.inc(leanName));
    const isDetail = o.unbox(lean.call('l_Lean_Name_isInternalDetail', o.inc(userName))) !== 0;
    const answer = isDetail && !this.isDeclared(environment, leanName)
      && (this.hasParent(environment, leanName) || this.hasParent(environment, userName));
    o.dec(userName);
    return answer;
  }

  /** Whether a declaration of the text has this name: Lean keeps the place of each. */
  isDeclared(environment, leanName) {
    const { lean, objects: o } = this;
    const found = lean.call('l_Lean_MapDeclarationExtension_contains___redArg',
      o.inc(o.global('l_Lean_instInhabitedDeclarationRanges')),
      o.inc(o.global('l_Lean_declRangeExt')), o.inc(environment), o.inc(leanName));
    return o.unbox(found) !== 0;
  }

  hasParent(environment, leanName) {
    const { objects: o } = this;
    for (let name = o.field(leanName, 0); !o.isScalar(name); name = o.field(name, 0)) {
      if (this.library.has(environment, this.lean.names.text(name))) return true;
    }
    return false;
  }

  /**
   * A hash of a term (borrowed). Auxiliaries count by what they say and define: Lean names them
   * after the declaration that needs them first, and by their order.
   */
  hash(environment, term) {
    const { objects: o } = this;
    const held = [];
    const auxiliary = (name, leanName) => {
      if (this.library.isImported(this.imports, name)) return null;
      const info = this.library.find(environment, name);
      if (info === null) return null;
      held.push(info);
      const { kind, type, value } = this.library.read(info);
      if (value === null || !this.isInternal(environment, leanName)) return null;
      return kind === 'theorem' ? [type] : [type, value];
    };
    const text = Serialiser.closedTerm(this.terms, term, auxiliary);
    held.forEach((info) => o.dec(info));
    return createHash('sha256').update(text).digest('hex');
  }

  /** Notes what a term (borrowed) mentions: new constants, axioms of imports, each `sorry`. */
  use(term, used) {
    const { lean, objects: o } = this;
    const note = (expr, application) => {
      const place = this.sorries.place(expr, application);
      if (place !== undefined) used.sorries.push(place);
    };
    note(term, null);
    this.terms.traverse(term, (e) => {
      if (o.tag(e) === ExprTag.const) {
        this.useConstant(lean.names.text(o.field(e, 0)), used);
      }
      const isApplication = o.tag(e) === ExprTag.app;
      this.terms.children(e).forEach((child, i) => note(child, isApplication && i === 0 ? e : null));
    });
  }

  useConstant(name, used) {
    if (FORBIDDEN.has(name)) {
      if (name !== SORRY) used.axioms.add(name);
    } else if (!this.library.isImported(this.imports, name)) {
      used.constants.add(name);
    } else if (this.library.isImportedAxiom(this.imports, name)) {
      used.axioms.add(name);
    }
  }
}

module.exports = { Reporter };
