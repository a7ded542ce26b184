'use strict';
/**
 * Runs commands: imports, parsing, elaboration, messages, and the holes (`sorry`) in the text.
 *
 * A request's text is parsed and elaborated command by command on this thread, with Lean's own
 * parser and elaborator. What an environment keeps is Lean's Command.State, so namespaces,
 * sections, variables, universes and open declarations carry on.
 */

const fs = require('node:fs');
const path = require('node:path');
const {
  CommandState, HEADER_IS_MODULE_BYTE, Import, InfoState, InputContext,
  Message, ModuleParserState, Position, Scope, SyntaxNode,
} = require('./layouts.cjs');
const { ExhaustedError, RequestError, TimeLimitError } = require('./errors.cjs');
const { findHoles } = require('./holes.cjs');
const { MAXIMUM_BYTES } = require('./memory.cjs');

const SEVERITIES = ['info', 'warning', 'error'];
const END_OF_INPUT = 'Lean.Parser.Command.eoi';
const IN = 'Lean.Parser.Command.in';
const MAXIMUM_NESTING = 2000;
const ROOM_FOR_IMPORTS = 512 * 1024 * 1024; // `import Std Lean` takes 290 MB
const FILE_NAME = '<input>';

/** Lean's parser recurses without a limit of its own; its stack must not overflow. */
function requireShallow(text) {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[()[\]{}⟨⟩]/g)) {
    depth = '([{⟨'.includes(bracket) ? depth + 1 : Math.max(depth - 1, 0);
    if (depth > MAXIMUM_NESTING) {
      throw new RequestError(`the text nests more than ${MAXIMUM_NESTING} brackets`);
    }
  }
}

class Frontend {
  constructor(lean) {
    this.lean = lean;
    this.objects = lean.objects;
    this.bases = new Map(); // imports, one a line -> Environment
  }

  /**
   * Elaborates `text` after the commands of `previous` ({state, base}), or after its own imports.
   *
   * @param observe is called for each command: {input, command, offset, position, before, after,
   *   base, hasExample}, with the states before and after it, all borrowed
   * @returns {{state, base, messages, holes}} the new Command.State (owned), the list of its
   *   imports, its messages as JSON, its holes in order of their position
   */
  run(text, previous, observe = () => {}) {
    const { objects: o } = this;
    const input = this.inputContext(text);
    const { parser, base, state } = previous
      ? { parser: o.make(0, [o.box(0)], [0]), base: previous.base, state: o.inc(previous.state) }
      : this.begin(input);
    const result = { base, messages: [], holes: [] };
    result.state = this.elaborate(input, parser, state, result, observe);
    o.dec(input);
    return result;
  }

  /** Lean's InputContext; line ends become `\n`, as Lean makes them. */
  inputContext(text, fileName = FILE_NAME) {
    const { objects: o } = this;
    const normal = text.replaceAll('\r\n', '\n');
    requireShallow(normal);
    return this.lean.call('l_Lean_Parser_mkInputContext___redArg', o.string(normal),
      o.string(fileName), o.box(0), o.box(Buffer.byteLength(normal, 'utf8')));
  }

  /** A Command.State (consumed) without its messages, which go to `result`, and info trees. */
  quiet(state, result) {
    const { lean, objects: o } = this;
    result.messages.push(...this.messages(o.field(state, CommandState.messages)));
    const info = o.field(state, CommandState.infoState);
    const quiet = o.copyWith(state, CommandState, {
      [CommandState.messages]: lean.noMessages(),
      [CommandState.infoState]: o.make(0, [
        o.take(info, InfoState.assignment),
        o.take(info, InfoState.lazyAssignment),
        lean.emptyTrees(),
      ], [1]),
      [CommandState.snapshotTasks]: o.array([]),
    });
    o.dec(state);
    return quiet;
  }

  // Imports -----------------------------------------------------------------------------------

  /** Parses the header and imports its modules: {parser, base, state}. */
  begin(input) {
    const { lean, objects: o } = this;
    const parsed = lean.io('l_Lean_Parser_parseHeader', o.inc(input));
    const rest = o.field(parsed, 1);
    const imports = lean.call('l_Lean_Elab_HeaderSyntax_imports', o.take(parsed, 0), o.box(1));
    const names = o.elements(imports).map((i) => lean.names.text(o.field(i, Import.module)));
    const base = [...new Set(names)].join('\n');
    const environment = o.inc(this.environment(imports, base));
    const parser = o.take(rest, 0);
    const messages = o.take(rest, 1);
    o.dec(parsed);
    const state = lean.call('l_Lean_Elab_Command_mkState', environment, messages,
      lean.noOptions());
    return { parser, base, state: this.withoutCompiler(state) };
  }

  /**
   * A new Command.State (consumed) that does not compile what it defines: the exported library
   * lacks code that compiled definitions would call, as with a function that appends lists.
   */
  withoutCompiler(state) {
    const { objects: o } = this;
    const scope = o.field(o.field(state, CommandState.scopes), 0);
    const noncomputable = o.copyWith(scope, Scope, {}, { [Scope.isNoncomputable]: 1 });
    const scopes = o.list([noncomputable]);
    const changed = o.copyWith(state, CommandState, { [CommandState.scopes]: scopes });
    o.dec(state);
    return changed;
  }

  environment(imports, base) {
    const { lean, objects: o } = this;
    if (!this.bases.has(base)) {
      for (const module of base.split('\n')) this.requireModule(module);
      this.requireRoom();
      const environment = lean.io('l_Lean_importModules', o.inc(imports), lean.noOptions(),
        o.box(0), o.array([]), o.box(0), o.box(1), o.box(0), o.box(1));
      // Otherwise declarations are private to a module and `#print axioms` refuses to work.
      const header = lean.call('l_Lean_Environment_header', o.inc(environment));
      o.setByte(header, HEADER_IS_MODULE_BYTE, 0);
      o.dec(header);
      this.bases.set(base, environment);
    }
    o.dec(imports);
    return this.bases.get(base);
  }

  /** Imported modules stay in memory for good, once for each list of imports. */
  requireRoom() {
    if (this.lean.heap + ROOM_FOR_IMPORTS > MAXIMUM_BYTES) {
      throw new ExhaustedError('No room is left in memory for further imports, after '
        + `${this.bases.size} lists of them: Lean has to be started again.`);
    }
  }

  requireModule(module) {
    const file = path.join(this.lean.directory, 'lib', 'lean', ...module.split('.'));
    if (!/^[^/\\]+$/.test(module) || !fs.existsSync(`${file}.olean`)) {
      throw new RequestError(`unknown module '${module}': it is not in the embedded library`);
    }
  }

  // Elaboration -------------------------------------------------------------------------------

  /** Elaborates all commands; takes `parser` and `state`, returns the last state. */
  elaborate(input, firstParser, firstState, result, observe) {
    const { lean, objects: o } = this;
    let parser = firstParser;
    let state = this.quiet(firstState, result);
    for (let terminal = false; !terminal;) {
      const position = o.unbox(o.field(parser, ModuleParserState.pos));
      const parsed = this.parseCommand(input, parser, state);
      const { command } = parsed;
      parser = parsed.parser;
      result.messages.push(...this.messages(parsed.messages));
      if (lean.syntaxKind(command) === END_OF_INPUT) {
        terminal = true;
        o.dec(parsed.messages);
      } else {
        const heard = o.copyWith(state, CommandState, { [CommandState.messages]: parsed.messages });
        const next = this.elaborateCommand(input, command, position, heard);
        const before = () => this.environmentBefore(input, command, position, state);
        const { holes, hasExample } = findHoles(lean, next, before);
        result.holes.push(...holes);
        const after = this.quiet(next, result);
        observe({
          input,
          command,
          offset: position,
          position: this.syntaxPosition(input, command) ?? { line: 1, column: 0 },
          before: state,
          after,
          base: result.base,
          hasExample,
        });
        o.dec(state);
        state = after;
        terminal = o.unbox(lean.call('l_Lean_Parser_isTerminalCommand', o.inc(command))) !== 0;
      }
      o.dec(command);
    }
    o.dec(parser);
    return state;
  }

  /** Parses one command in the scope of `state` (borrowed); takes `parser`. */
  parseCommand(input, parser, state) {
    const { lean, objects: o } = this;
    const scope = o.field(o.field(state, CommandState.scopes), 0);
    const context = o.make(0, [
      o.take(state, CommandState.env),
      o.take(scope, Scope.opts),
      o.take(scope, Scope.currNamespace),
      o.take(scope, Scope.openDecls),
    ]);
    const result = lean.call('l_Lean_Parser_parseCommand', o.inc(input), context, parser,
      lean.noMessages());
    const rest = o.field(result, 1);
    const parsed = {
      command: o.take(result, 0), parser: o.take(rest, 0), messages: o.take(rest, 1),
    };
    o.dec(result);
    return parsed;
  }

  /** Elaborates one command; takes `state`, returns the next. */
  elaborateCommand(input, command, position, state) {
    const { lean, objects: o } = this;
    const context = o.make(0, [
      o.take(input, InputContext.fileName),
      o.take(input, InputContext.fileMap),
      o.box(0), // currRecDepth
      o.box(position),
      o.nil, // macroStack
      o.nil, // quotContext?
      o.box(1), // currMacroScope: firstFrontendMacroScope
      o.nil, // ref: Syntax.missing
      o.nil, // snap?
      o.some(lean.cancelToken ?? lean.idleToken),
    ], [0]);
    const reference = lean.reference(state);
    const result = lean.call('l_Lean_Elab_Command_elabCommandTopLevel', o.inc(command), context,
      o.inc(reference));
    const next = lean.dereference(reference);
    o.dec(reference);
    if (lean.isCancelled()) throw new TimeLimitError();
    if (o.tag(result) !== 0) {
      const reason = lean.exceptionText(o.field(result, 0));
      throw new RequestError(`The command at byte ${position} was given up: ${reason}`);
    }
    o.dec(result);
    return next;
  }

  /**
   * The environment (owned) in which a hole of `command` is to be filled: that before the command,
   * so that the declaration itself is not in it. Of `open ... in` and the like, the first part
   * counts as before.
   */
  environmentBefore(input, command, position, state) {
    const { lean, objects: o } = this;
    if (lean.syntaxKind(command) !== IN) return o.take(state, CommandState.env);
    const [first, , second] = o.elements(o.field(command, SyntaxNode.args));
    const section = this.parseCommand(this.inputContext('section'), o.make(0, [o.box(0)], [0]),
      state);
    let inner = o.inc(state);
    for (const syntax of [section.command, first]) {
      inner = this.elaborateCommand(input, syntax, position, inner);
    }
    const environment = this.environmentBefore(input, second, position, inner);
    o.dec(inner);
    return environment;
  }

  // Messages ----------------------------------------------------------------------------------

  /** The messages of a MessageLog (borrowed) as JSON. */
  messages(log) {
    const { lean, objects: o } = this;
    const list = lean.call('l_Lean_MessageLog_toList', o.inc(log));
    const messages = o.listElements(list).map((message) => this.message(message));
    o.dec(list);
    return messages;
  }

  message(message) {
    const { lean, objects: o } = this;
    const end = o.field(message, Message.endPos);
    return {
      severity: SEVERITIES[o.byte(message, Message.severity)],
      pos: this.position(o.field(message, Message.pos)),
      endPos: o.isScalar(end) ? null : this.position(o.field(end, 0)),
      data: lean.messageText(o.field(message, Message.data)),
    };
  }

  /** Where a syntax (borrowed) begins, or null. */
  syntaxPosition(input, syntax) {
    const { lean, objects: o } = this;
    const found = lean.call('l_Lean_Syntax_getPos_x3f', o.inc(syntax), o.box(0));
    if (o.isScalar(found)) return null;
    const position = lean.call('l_Lean_FileMap_toPosition', o.take(input, InputContext.fileMap),
      o.take(found, 0));
    o.dec(found);
    const result = this.position(position);
    o.dec(position);
    return result;
  }

  position(position) {
    const { objects: o } = this;
    return {
      line: o.unbox(o.field(position, Position.line)),
      column: o.unbox(o.field(position, Position.column)),
    };
  }
}

module.exports = { Frontend };
