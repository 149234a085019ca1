// SPDX-License-Identifier: MIT
using System.Globalization;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>Says in one line what went wrong (Intel SDM, volume 3, chapter 7: the exceptions and the error code of page
/// faults).</summary>
internal static class FaultHeadline
{
    private const int DivideError = 0;
    private const int Debug = 1;
    private const int Breakpoint = 3;
    private const int Overflow = 4;
    private const int BoundRange = 5;
    private const int UndefinedOpcode = 6;
    private const int DeviceNotAvailable = 7;
    private const int DoubleFault = 8;
    private const int InvalidTaskState = 10;
    private const int SegmentNotPresent = 11;
    private const int StackSegment = 12;
    private const int GeneralProtection = 13;
    private const int PageFault = 14;
    private const int FloatingPoint = 16;
    private const int AlignmentCheck = 17;
    private const int MachineCheck = 18;
    private const int VectorFloatingPoint = 19;
    private const int ControlProtection = 21;

    private const ulong ErrorPresent = 1 << 0;
    private const ulong ErrorWrite = 1 << 1;
    private const ulong ErrorReserved = 1 << 3;
    private const ulong ErrorFetch = 1 << 4;

    /// <summary>Writes the headline.</summary>
    /// <param name="snapshot">The fault. Not trusted.</param>
    /// <param name="instruction">Its instruction.</param>
    /// <param name="image">The image that the guest ran.</param>
    /// <param name="layout">Where its heap and stacks lie.</param>
    /// <returns>One line of printable text.</returns>
    public static string Of(
        FaultSnapshot snapshot, FaultInstruction instruction, DenaliImage image, in MemoryLayout layout) =>
        snapshot.Vector switch
        {
            FaultSnapshot.GuestVector => OwnFault(snapshot),
            FaultSnapshot.EngineVector => string.Create(
                CultureInfo.InvariantCulture,
                $"engine failure: the engine cannot run this guest any further (its code 0x{snapshot.ErrorCode:x})"),
            DivideError => "divide error: division by zero, or a quotient that does not fit",
            Debug => "debug exception: single step, or an int1 instruction",
            Breakpoint => "breakpoint: an int3 instruction",
            Overflow => "overflow exception",
            BoundRange => "bound range exceeded",
            UndefinedOpcode => UndefinedOpcodeText(instruction),
            DeviceNotAvailable => "floating point unit not available",
            DoubleFault => "double fault",
            InvalidTaskState => "invalid task state segment",
            SegmentNotPresent => "segment not present",
            StackSegment => "stack fault: the stack pointer or a stack access is not an address",
            GeneralProtection => GeneralProtectionText(snapshot, instruction),
            PageFault => PageFaultText(snapshot, image, layout),
            FloatingPoint => "floating point exception",
            AlignmentCheck => "alignment check: a misaligned access with the AC flag set",
            MachineCheck => "machine check",
            VectorFloatingPoint => "floating point exception in a vector instruction",
            ControlProtection => "control protection exception",
            _ => string.Create(CultureInfo.InvariantCulture, $"exception {snapshot.Vector}"),
        };

    private static string OwnFault(FaultSnapshot snapshot)
    {
        string what = snapshot.ErrorCode switch
        {
            (ulong)FaultCode.Panic => "guest panic",
            (ulong)FaultCode.OutOfMemory => "guest out of memory",
            (ulong)FaultCode.Unsupported => "guest cannot run here",
            _ => string.Create(CultureInfo.InvariantCulture, $"guest fault {snapshot.ErrorCode}"),
        };
        string message = SafeText.FromUtf8(snapshot.Message, (int)InstructionPage.FaultMessageMaxBytes);
        return message.Length == 0 ? $"{what}, without a message" : $"{what}: {message}";
    }

    private static string UndefinedOpcodeText(FaultInstruction instruction)
    {
        if (instruction.IsSystemCall)
        {
            return $"undefined opcode: {instruction.Name} (no operating system is below a guest; " +
                "it calls the instruction page)";
        }

        return instruction.IsDeliberate
            ? $"undefined opcode: {instruction.Name} (code that was not meant to be reached)"
            : instruction.IsKnown
                ? $"undefined opcode: {instruction.Name} (this processor, or this VM, does not have it)"
                : "undefined opcode";
    }

    private static string GeneralProtectionText(FaultSnapshot snapshot, FaultInstruction instruction)
    {
        if (instruction.IsSystemCall)
        {
            return $"privileged instruction: {instruction.Name} (no operating system is below a guest; " +
                "it calls the instruction page)";
        }

        if (instruction.IsPrivileged)
        {
            return $"privileged instruction: {instruction.Name}";
        }

        if (instruction.TryGetMemoryAddress(out ulong address, out bool isCanonical))
        {
            if (!isCanonical)
            {
                return $"general protection fault: access to 0x{address:x16} (not an address; wild pointer?)";
            }

            if (instruction.IsMisaligned(address))
            {
                return $"general protection fault: access to 0x{address:x16} (misaligned; is the stack aligned to 16?)";
            }
        }

        return $"general protection fault (error code 0x{snapshot.ErrorCode:x})";
    }

    private static string PageFaultText(FaultSnapshot snapshot, DenaliImage image, in MemoryLayout layout)
    {
        ulong address = snapshot.Address;
        bool isFetch = (snapshot.ErrorCode & ErrorFetch) != 0;
        bool isWrite = (snapshot.ErrorCode & ErrorWrite) != 0;
        string access = isFetch ? "execution of" : isWrite ? "write to" : "read of";
        if (layout.IsStackGuard(address))
        {
            ulong stack = (address - layout.StackAreaBase) / layout.StackBytes;
            return $"stack overflow: {access} 0x{address:x16} (guard page of stack {stack} of {layout.StackCount})";
        }

        if ((snapshot.ErrorCode & ErrorReserved) != 0)
        {
            return $"page fault: {access} 0x{address:x16} (damaged page tables)";
        }

        bool isMapped = (snapshot.ErrorCode & ErrorPresent) != 0;
        string place = PlaceOf(address, image, layout);
        if (isMapped && isFetch)
        {
            return $"page fault: execution of non-executable memory at 0x{address:x16} ({place})";
        }

        string why = address >= AddressMap.MonitorBase ? place
            : isMapped ? $"{place}, {(isWrite ? "not writable" : "not accessible")}"
            : address < AddressMap.RegisterPageBase ? isFetch
                ? "not mapped; call through a null pointer?"
                : "not mapped; null dereference?"
            : $"not mapped; {place}";
        return $"page fault: {access} 0x{address:x16} ({why})";
    }

    private static string PlaceOf(ulong address, DenaliImage image, in MemoryLayout layout)
    {
        foreach (ImageSegment segment in image.Segments)
        {
            if (address >= segment.PageBase && address < segment.PageEnd)
            {
                return segment.IsExecutable ? "the image's code"
                    : segment.IsWritable ? "the image's data"
                    : "the image's constants";
            }
        }

        return address switch
        {
            >= AddressMap.MonitorBase => "the kernel's own memory, or none",
            < AddressMap.RegisterPageBase => "the null pages",
            < AddressMap.InstructionPageBase => "the register page",
            < AddressMap.ArgumentsBase => "the instruction page",
            < AddressMap.ArgumentsBase + AddressMap.ArgumentsMaxBytes => "the boot arguments",
            _ when address >= layout.MemoryBytes => "beyond the memory",
            _ when address >= layout.StackAreaBase => "the stack area",
            _ when address >= layout.HeapBase => "the heap",
            _ => "between the image's segments",
        };
    }
}
