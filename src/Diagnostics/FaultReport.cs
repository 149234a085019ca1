// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>Turns the raw facts of a fault into text for people.</summary>
/// <remarks>
/// Everything in it comes from a hostile guest or a hostile image: the text is printable whatever they contain, has a
/// bounded length, and the time is bounded by <see cref="DiagnosticLimits"/>. Reading an image's debug information
/// takes milliseconds, and happens once per image: render away from the workers.
/// </remarks>
public static class FaultReport
{
    private const ulong FlagCarry = 1 << 0;
    private const ulong FlagParity = 1 << 2;
    private const ulong FlagZero = 1 << 6;
    private const ulong FlagSign = 1 << 7;
    private const ulong FlagDirection = 1 << 10;
    private const ulong FlagOverflow = 1 << 11;

    /// <summary>Renders a report: a headline, where, the instruction, the registers, the calls. Never throws.</summary>
    /// <param name="snapshot">The fault. Not trusted.</param>
    /// <param name="image">The image that the guest ran.</param>
    /// <param name="memoryBytes">The VM's memory size in bytes.</param>
    /// <returns>Lines separated by line feeds, without one at the end.</returns>
    public static string Render(FaultSnapshot snapshot, DenaliImage image, ulong memoryBytes)
    {
        if (!DenaliImage.TryResolveMemory(image, memoryBytes, out MemoryLayout layout, out _))
        {
            // No VM has a size that its image cannot have; a guess is better than no report.
            DenaliImage.TryResolveMemory(image, 0, out layout, out _);
        }

        FaultInstruction instruction = FaultInstruction.Decode(snapshot);
        StackTrace trace = StackTrace.Walk(snapshot, image);
        var text = new StringBuilder();
        text.Append(FaultHeadline.Of(snapshot, instruction, image, layout));
        StackFrame top = trace.Frames[0];
        text.Append("\n  at   ").Append(Describe(top));
        if (top.Symbol is string symbol && SymbolName.Readable(symbol) != symbol)
        {
            text.Append("\n  name ").Append(symbol);
        }

        text.Append("\n  code ").Append(instruction);
        AppendRegisters(text, snapshot.Registers);
        AppendTrace(text, trace);
        return text.ToString();
    }

    private static string Describe(StackFrame frame)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"0x{frame.Address:x16}  ");
        if (frame.Symbol is string symbol)
        {
            text.Append(SymbolName.Readable(symbol));
            text.Append(CultureInfo.InvariantCulture, $"+0x{frame.Offset:x}");
        }
        else if (frame.Address - AddressMap.InstructionPageBase < AddressMap.PageBytes)
        {
            text.Append(InstructionAt(frame.Address - AddressMap.InstructionPageBase));
        }
        else
        {
            text.Append("(unknown)");
        }

        if (frame.Line is SourceLine line)
        {
            text.Append("  ").Append(line.ToString());
        }

        return text.ToString();
    }

    private static string InstructionAt(ulong offset)
    {
        var instruction = (Instruction)(offset / InstructionPage.EntryBytes);
        return Enum.IsDefined(instruction)
            ? string.Create(CultureInfo.InvariantCulture, $"instruction page, {instruction}")
            : "instruction page";
    }

    private static void AppendRegisters(StringBuilder text, in GuestRegisters registers)
    {
        ReadOnlySpan<(string Name, ulong Value)> all =
        [
            ("rax", registers.Rax), ("rbx", registers.Rbx), ("rcx", registers.Rcx), ("rdx", registers.Rdx),
            ("rsi", registers.Rsi), ("rdi", registers.Rdi), ("rbp", registers.Rbp), ("rsp", registers.Rsp),
            ("r8 ", registers.R8), ("r9 ", registers.R9), ("r10", registers.R10), ("r11", registers.R11),
            ("r12", registers.R12), ("r13", registers.R13), ("r14", registers.R14), ("r15", registers.R15),
            ("rip", registers.Rip), ("flg", registers.Rflags),
        ];
        const int Columns = 4;
        text.Append("\nregisters");
        for (int index = 0; index < all.Length; index++)
        {
            text.Append(index % Columns == 0 ? "\n" : "");
            text.Append(CultureInfo.InvariantCulture, $"  {all[index].Name} {all[index].Value:x16}");
        }

        AppendFlags(text, registers.Rflags);
    }

    private static void AppendFlags(StringBuilder text, ulong flags)
    {
        ReadOnlySpan<(string Name, ulong Bit)> all =
        [
            ("carry", FlagCarry), ("parity", FlagParity), ("zero", FlagZero), ("sign", FlagSign),
            ("direction", FlagDirection), ("overflow", FlagOverflow),
        ];
        string separator = "  (";
        foreach ((string name, ulong bit) in all)
        {
            if ((flags & bit) != 0)
            {
                text.Append(separator).Append(name);
                separator = ", ";
            }
        }

        text.Append(separator == ", " ? ")" : "");
    }

    private static void AppendTrace(StringBuilder text, StackTrace trace)
    {
        text.Append("\ncalls");
        for (int index = 0; index < trace.Frames.Length; index++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {index,2}  {Describe(trace.Frames[index])}");
        }

        string? end = trace.End switch
        {
            StackEnd.Outermost => null,
            StackEnd.NoFrameInformation => "no frame information for this code",
            StackEnd.FrameInformationUnusable => "frame information that is damaged or not supported",
            StackEnd.StackNotKept => "the rest of the stack was not kept or is not readable",
            StackEnd.NotCode => "the next return address is not inside code: damaged stack?",
            StackEnd.NotAscending => "the next frame is not above this one: damaged stack?",
            StackEnd.Limit => "more calls than a report shows",
            _ => "unknown",
        };
        text.Append(end is null ? "" : $"\n      ({end})");
    }
}
