'use strict';
/**
 * Reports of what a text adds to an environment: each new constant with what it says and rests on,
 * by the command that made it, and whether Lean's kernel accepts all of them again.
 *
 * Constants are found by comparing environments, never by names in the text, so that no text can
 * make a report speak of another declaration than the one that was elaborated.
 */

const { createHash } = require('node:crypto');
const {
  CommandState, ConstantInfo, DeclarationLocation, DeclarationRange, ExprTag, SMap, SyntaxNode,
} = require('./layouts.cjs');
const { LeanException } = require('./objects.cjs');
const { Serialiser } = require('./parts.cjs');
const { Terms } = require('./terms.cjs');

const SORRY = 'sorryAx';
/** Constants that turn into any proof, or into the word of a compiler. */
const FORBIDDEN = new Set([
  SORRY, 'Lean.reduceBool', 'Lean.reduceNat', 'Lean.ofReduceBool', 'Lean.ofReduceNat',
  'Lean.trustCompiler', 'lcProof', 'lcUnreachable', 'lcAny',
]);
/** Number of arguments of `sorryAx` of which the last is a label. */
const LABELLED = 3;
const DECLARATION = 'Lean.Parser.Command.declaration';
const EXAMPLE = 'Lean.Parser.Command.example';
const DEFINITION = 'Lean.Parser.Command.definition';
const DECLARATION_NAME = 'Lean.Parser.Command.declId';
const EXAMPLE_NAME = 'bait_example';
const IN = 'Lean.Parser.Command.in';

class Reporter {
  constructor(lean, frontend, library) {
    Object.assign(this, { lean, frontend, library, objects: lean.objects });
    this.terms = new Terms(lean);
  }

  /**
   * Elaborates `text` as `Frontend.run` does, with a report.
   *
   * @param keep takes {state, base, replayed} after a command, all owned, and returns its number:
   *   `replayed` is the environment that the kernel has built anew from the imports, or null if
   *   it has refused something
   * @returns {{state, base, messages, holes, replayed, report}}
   */
  run(text, previous, keep) {
    const { objects: o } = this;
    const report = { commands: [], constants: [], kernel: '' };
    let progress = null;
    const result = this.frontend.run(text, previous, (step) => {
      progress ??= this.begin(previous, step, report);
      this.command(step, progress, report);
      const replayed = progress.replayed && o.inc(progress.replayed);
      const env = keep({ state: o.inc(step.after), base: step.base, replayed });
      report.commands.push({ position: step.position, env });
    });
    const replayed = progress?.replayed ?? (previous ? o.inc(this.replayedOf(previous)) : null);
    return { ...result, replayed, report };
  }

  /** Where a report starts: the constants that are known, and the kernel's own environment. */
  begin(previous, { before, base }, report) {
    const { objects: o } = this;
    const known = new Set(this.added(o.field(before, CommandState.env)).keys());
    try {
      const replayed = previous ? this.replayedOf(previous) : this.frontend.bases.get(base);
      return { known, replayed: o.inc(replayed) };
    } catch (error) {
      report.kernel = this.kernelError(error);
      return { known, replayed: null };
    }
  }

  /** The environment (borrowed) that the kernel has built anew for an entry; raises LeanException. */
  replayedOf(entry) {
    if (!entry.replayed) {
      const environment = this.objects.field(entry.state, CommandState.env);
      entry.replayed = this.replay(this.frontend.bases.get(entry.base), this.added(environment));
    }
    return entry.replayed;
  }

  command(step, progress, report) {
    const { objects: o } = this;
    const environment = o.field(step.after, CommandState.env);
    const fresh = this.newConstants(environment, o.field(step.before, CommandState.env), progress);
    if (fresh.size > 0) {
      progress.replayed = this.check(progress.replayed, fresh, report);
      report.constants.push(...this.describe(environment, fresh, step.position));
      for (const name of fresh.keys()) progress.known.add(name);
      return;
    }
    const scratch = this.nameExample(step);
    if (scratch === null) return;
    const kept = o.field(scratch, CommandState.env);
    const own = this.newConstants(kept, o.field(step.before, CommandState.env), progress);
    const replayed = this.check(o.inc(progress.replayed ?? o.nil), own, report);
    if (replayed !== null) o.dec(replayed);
    report.constants.push(...this.describe(kept, own, step.position));
    o.dec(scratch);
  }

  newConstants(environment, before, { known }) {
    if (this.table(environment) === this.table(before)) return new Map();
    return new Map([...this.added(environment)].filter(([name]) => !known.has(name)));
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

  /** `replay` that takes its environment and notes an error in the report; null after an error. */
  check(replayed, constants, report) {
    if (report.kernel !== '') return null;
    try {
      return this.replay(replayed, constants);
    } catch (error) {
      report.kernel = this.kernelError(error);
      return null;
    } finally {
      this.objects.dec(replayed);
    }
  }

  kernelError(error) {
    if (!(error instanceof LeanException)) throw error;
    return this.lean.ioErrorText(error.object);
  }

  /**
   * Sends constants through the kernel, with default options, on top of an environment (borrowed):
   * Lean's own `Environment.replay`, as lean4checker does. Unsafe and partial ones are left out.
   */
  replay(environment, constants) {
    const { lean, objects: o } = this;
    const pairs = [...constants.values()].map((info) => (
      o.pair(o.inc(this.library.read(info).name), o.inc(info))
    ));
    const map = lean.call('l_Std_HashMap_ofList___redArg', o.inc(o.global('l_Lean_Name_instBEq')),
      o.inc(o.global('l_Lean_instHashableName')), o.list(pairs));
    return lean.io('l_Lean_Environment_replay', map, o.inc(environment));
  }

  // Descriptions ------------------------------------------------------------------------------

  describe(environment, constants, position) {
    return [...constants].sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, info]) => this.constant(environment, name, info, position));
  }

  constant(environment, name, info, position) {
    const { objects: o } = this;
    const { type, value, kind, name: leanName } = this.library.read(info);
    const used = { constants: new Set(), axioms: new Set(), sorries: [] };
    for (const term of value === null ? [type] : [type, value]) {
      this.use(environment, term, used);
    }
    if (kind === 'inductive') {
      const constructors = o.field(o.field(info, 0), ConstantInfo.inductive.constructors);
      o.listElements(constructors).forEach((n) => used.constants.add(this.lean.names.text(n)));
    }
    return {
      name,
      kind,
      type: this.hash(environment, type),
      value: value === null || kind === 'theorem' ? '' : this.hash(environment, value),
      position,
      internal: this.isInternal(environment, leanName),
      unsafe: this.isUnsafe(info),
      uses: [...used.constants],
      axioms: [...used.axioms],
      sorries: used.sorries,
    };
  }

  /** Whether the kernel is not asked again: a constant is `unsafe` or `partial`. */
  isUnsafe(info) {
    const { lean, objects: o } = this;
    return ['l_Lean_ConstantInfo_isUnsafe', 'l_Lean_ConstantInfo_isPartial']
      .some((symbol) => o.unbox(lean.call(symbol, o.inc(info))) !== 0);
  }

  isInternal(environment, leanName) {
    const { lean, objects: o } = this;
    const name = lean.call('l_Lean_privateToUserName', o.inc(leanName));
    const detail = o.unbox(lean.call('l_Lean_Name_isInternalDetail', name)) !== 0;
    return detail || o.unbox(lean.call('l_Lean_isReservedName', o.inc(environment),
      o.inc(leanName))) !== 0;
  }

  /**
   * A hash of a term (borrowed). Of an auxiliary theorem only the statement counts: Lean names it
   * after the declaration that needs it first.
   */
  hash(environment, term) {
    const { objects: o } = this;
    const held = [];
    const statement = (name, leanName) => {
      if (this.library.isImported(environment, name)) return null;
      const info = this.library.find(environment, name);
      if (info === null) return null;
      held.push(info);
      const { kind, type } = this.library.read(info);
      return kind === 'theorem' && this.isInternal(environment, leanName) ? type : null;
    };
    const text = Serialiser.closedTerm(this.terms, term, statement);
    held.forEach((info) => o.dec(info));
    return createHash('sha256').update(text).digest('hex');
  }

  /** Notes what a term (borrowed) mentions: new constants, axioms of imports, each `sorry`. */
  use(environment, term, used) {
    const { lean, objects: o } = this;
    const note = (expr, application) => {
      const place = this.sorryPlace(expr, application);
      if (place !== undefined) used.sorries.push(place);
    };
    note(term, null);
    this.terms.traverse(term, (e) => {
      if (o.tag(e) === ExprTag.const) {
        this.useConstant(environment, lean.names.text(o.field(e, 0)), used);
      }
      const isApplication = o.tag(e) === ExprTag.app;
      this.terms.children(e).forEach((child, i) => note(child, isApplication && i === 0 ? e : null));
    });
  }

  /**
   * The place of a `sorry` that a term (borrowed) is, null if it has none, undefined if it is no
   * whole `sorry`. Lean writes `sorryAx type synthetic label`; without a label, or with fewer
   * arguments, nobody knows where it comes from.
   *
   * @param application the term in which it is the function, if it is one
   */
  sorryPlace(expr, application) {
    const count = this.sorryArguments(expr);
    if (count === null || count >= LABELLED) return undefined;
    if (application === null) return null;
    return count + 1 === LABELLED ? this.label(application) : undefined;
  }

  useConstant(environment, name, used) {
    if (FORBIDDEN.has(name)) {
      if (name !== SORRY) used.axioms.add(name);
    } else if (!this.library.isImported(environment, name)) {
      used.constants.add(name);
    } else if (this.library.isImportedAxiom(environment, name)) {
      used.axioms.add(name);
    }
  }

  /** The number of arguments of `sorryAx` in a term that is an application of it, or null. */
  sorryArguments(expr) {
    const { objects: o } = this;
    let head = expr;
    let count = 0;
    for (; o.tag(head) === ExprTag.app; count += 1) head = o.field(head, 0);
    const isSorry = o.tag(head) === ExprTag.const
      && this.lean.names.text(o.field(head, 0)) === SORRY;
    return isSorry ? count : null;
  }

  /** The place in the text of a `sorry` that Lean has labelled with it, or null without label. */
  label(expr) {
    const { lean, objects: o } = this;
    const view = lean.call('l_Lean_Meta_isLabeledSorry_x3f', o.inc(expr));
    if (o.isScalar(view)) return null;
    // SorryLabelView is its only field, an Option of a DeclarationLocation.
    const location = o.field(view, 0);
    const place = o.isScalar(location) ? null : this.frontend.position(o.field(
      o.field(o.field(location, 0), DeclarationLocation.range), DeclarationRange.pos,
    ));
    o.dec(view);
    return place;
  }

  // Examples ----------------------------------------------------------------------------------

  /**
   * Lean keeps nothing of an `example`. Elaborates the same as a definition with a name, which
   * takes variables as examples do: the Command.State (owned) after it, or null if the command is
   * no example.
   */
  nameExample({ input, command, offset, before }) {
    const { objects: o } = this;
    const named = this.renamed(command);
    if (named === null) return null;
    const quiet = this.frontend.quiet(o.inc(before), { messages: [] });
    const state = this.frontend.elaborateCommand(input, named, offset, quiet);
    o.dec(named);
    return state;
  }

  /** The syntax (owned) of a command with its example made a definition; null without one. */
  renamed(syntax) {
    const { lean, objects: o } = this;
    const kind = lean.syntaxKind(syntax);
    if (kind !== DECLARATION && kind !== IN && kind !== EXAMPLE) return null;
    const args = o.elements(o.field(syntax, SyntaxNode.args));
    if (kind !== EXAMPLE) {
      const last = this.renamed(args.at(-1));
      return last && this.node(syntax, kind, [...args.slice(0, -1).map((a) => o.inc(a)), last]);
    }
    const [, signature, value] = args.map((argument) => o.inc(argument));
    const name = this.node(syntax, DECLARATION_NAME, [
      lean.call('l_Lean_mkIdentFrom', o.inc(syntax), lean.names.make(EXAMPLE_NAME), o.box(0)),
      this.nothing(),
    ]);
    const keyword = lean.call('l_Lean_mkAtom', o.string('def'));
    return this.node(syntax, DEFINITION, [keyword, name, signature, value, this.nothing()]);
  }

  nothing() {
    return this.lean.call('l_Lean_mkNullNode', this.objects.array([]));
  }

  node(like, kind, args) {
    const { lean, objects: o } = this;
    return o.copyWith(like, SyntaxNode, {
      [SyntaxNode.kind]: lean.names.make(kind), [SyntaxNode.args]: o.array(args),
    });
  }
}

module.exports = { FORBIDDEN, Reporter };
