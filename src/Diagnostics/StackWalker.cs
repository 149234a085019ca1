// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>Finds the frames of a snapshot from the call frame information.</summary>
/// <remarks>Registers, stack and tables are hostile. The walk ends after
/// <see cref="DiagnosticLimits.FrameCountMax"/> frames, and each frame must lie above the one before it.</remarks>
internal sealed class StackWalker
{
    private readonly FaultSnapshot _snapshot;
    private readonly DenaliImage _image;
    private readonly DebugInformation _debug;
    private readonly ImmutableArray<StackFrame>.Builder _frames = ImmutableArray.CreateBuilder<StackFrame>();
    private RegisterSet _registers;

    /// <summary>Prepares a walk.</summary>
    /// <param name="snapshot">The fault.</param>
    /// <param name="image">The image.</param>
    /// <param name="debug">Its debug information.</param>
    public StackWalker(FaultSnapshot snapshot, DenaliImage image, DebugInformation debug)
    {
        _snapshot = snapshot;
        _image = image;
        _debug = debug;
        _registers = new RegisterSet(snapshot.Registers);
    }

    /// <summary>Walks.</summary>
    /// <returns>The trace.</returns>
    public StackTrace Walk()
    {
        // Behind a call, the return address may already belong to the next line or function: look up the call itself.
        ulong lookBack = 0;
        while (true)
        {
            _registers.TryGet(Dwarf.RegisterReturnAddress, out ulong address);
            AddFrame(address, lookBack);
            StackEnd? end = Step(address, lookBack, out bool isInterrupted);
            end ??= _frames.Count == DiagnosticLimits.FrameCountMax ? StackEnd.Limit : null;
            if (end is StackEnd reason)
            {
                return new StackTrace(_frames.ToImmutable(), reason);
            }

            lookBack = isInterrupted ? 0UL : 1UL;
        }
    }

    private void AddFrame(ulong address, ulong lookBack)
    {
        ulong inside = unchecked(address - lookBack);
        bool hasSymbol = _image.Symbols.TryFind(inside, out SymbolMatch match);
        bool hasLine = hasSymbol
            ? _debug.Lines.TryFind(inside, match, out SourceLine line)
            : _debug.Lines.TryFind(inside, out line);
        _frames.Add(new StackFrame(
            address, hasSymbol ? match.Name : null, hasSymbol ? match.Offset + lookBack : 0, hasLine ? line : null));
    }

    /// <summary>Goes to the caller, or tells why that cannot be done.</summary>
    private StackEnd? Step(ulong address, ulong lookBack, out bool isInterrupted)
    {
        isInterrupted = false;
        bool isInstructionPage = address - AddressMap.InstructionPageBase < AddressMap.PageBytes;
        if (isInstructionPage || (_frames.Count == 1 && !IsCode(address)))
        {
            // The instruction page has no tables; and a call to nowhere has pushed its return address and no more.
            return ReturnAtStackPointer();
        }

        ulong inside = unchecked(address - lookBack);
        FrameTable table = _debug.Frames;
        if (!table.TryFind(inside, out FrameDescription description))
        {
            table = _debug.DebugFrames;
            if (!table.TryFind(inside, out description))
            {
                return StackEnd.NoFrameInformation;
            }
        }

        if (!FrameProgram.TryRun(table, description, inside, out FrameRow row) || row.IsCfaExpression ||
            !_registers.TryGet(row.CfaRegister, out ulong cfaBase))
        {
            return StackEnd.FrameInformationUnusable;
        }

        isInterrupted = description.Common.IsSignalFrame;
        ulong cfa = unchecked(cfaBase + (ulong)row.CfaOffset);
        return Apply(row, cfa);
    }

    private StackEnd? ReturnAtStackPointer()
    {
        _registers.TryGet(Dwarf.RegisterRsp, out ulong stackPointer);
        if (!TryReadStack(stackPointer, out ulong returnAddress))
        {
            return StackEnd.StackNotKept;
        }

        if (!IsCode(returnAddress))
        {
            return StackEnd.NotCode;
        }

        _registers.Set(Dwarf.RegisterRsp, unchecked(stackPointer + sizeof(ulong)));
        _registers.Set(Dwarf.RegisterReturnAddress, returnAddress);
        return null;
    }

    private StackEnd? Apply(in FrameRow row, ulong cfa)
    {
        _registers.TryGet(Dwarf.RegisterRsp, out ulong stackPointer);
        if (cfa <= stackPointer)
        {
            return StackEnd.NotAscending;
        }

        var caller = default(RegisterSet);
        for (int register = 0; register < Dwarf.RegisterCount; register++)
        {
            if (TryApplyRule(row.RuleOf((ulong)register), register, cfa, out ulong value))
            {
                caller.Set(register, value);
            }
        }

        FrameRuleKind kind = row.RuleOf(Dwarf.RegisterReturnAddress).Kind;
        if (kind == FrameRuleKind.Undefined)
        {
            return StackEnd.Outermost;
        }

        if (kind is FrameRuleKind.SameValue or FrameRuleKind.Expression)
        {
            return StackEnd.FrameInformationUnusable;
        }

        if (!caller.TryGet(Dwarf.RegisterReturnAddress, out ulong returnAddress))
        {
            return StackEnd.StackNotKept;
        }

        if (!IsCode(returnAddress))
        {
            return returnAddress == 0 ? StackEnd.Outermost : StackEnd.NotCode;
        }

        // The frame address is the stack pointer before the call (System V AMD64 ABI, section 3.7), unless a rule of
        // its own says otherwise.
        if (row.RuleOf(Dwarf.RegisterRsp).Kind == FrameRuleKind.SameValue)
        {
            caller.Set(Dwarf.RegisterRsp, cfa);
        }
        else if (!caller.TryGet(Dwarf.RegisterRsp, out ulong restored) || restored <= stackPointer)
        {
            return StackEnd.NotAscending;
        }

        _registers = caller;
        return null;
    }

    private bool TryApplyRule(FrameRule rule, int register, ulong cfa, out ulong value)
    {
        ulong moved = unchecked(cfa + (ulong)rule.Value);
        switch (rule.Kind)
        {
            case FrameRuleKind.SameValue:
                return _registers.TryGet(register, out value);
            case FrameRuleKind.Offset:
                return TryReadStack(moved, out value);
            case FrameRuleKind.ValueOffset:
                value = moved;
                return true;
            case FrameRuleKind.Register when rule.Value is >= 0 and < Dwarf.RegisterCount:
                return _registers.TryGet((int)rule.Value, out value);
            default:
                value = 0;
                return false;
        }
    }

    private bool TryReadStack(ulong address, out ulong value)
    {
        ulong offset = unchecked(address - _snapshot.StackAddress);
        ReadOnlySpan<byte> stack = _snapshot.Stack;
        if (address < _snapshot.StackAddress || stack.Length < sizeof(ulong) ||
            offset > (ulong)(stack.Length - sizeof(ulong)))
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadUInt64LittleEndian(stack[(int)offset..]);
        return true;
    }

    private bool IsCode(ulong address)
    {
        // One byte behind the end is code as well: the return address of a call that never returns.
        foreach (ImageSegment segment in _image.Segments)
        {
            if (segment.IsExecutable && address >= segment.Address && address <= segment.End)
            {
                return true;
            }
        }

        return address - AddressMap.InstructionPageBase < AddressMap.PageBytes;
    }
}
