// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Denali.Hardware;

namespace Denali.Images;

/// <summary>Why an image, or a memory size for it, is refused: a kind and the numbers that its message shows.</summary>
/// <remarks>Holds no bytes of the file, so a message is safe to print whatever the file contains.</remarks>
/// <param name="Kind">What is wrong.</param>
/// <param name="Value">The offending number; its meaning and unit depend on the kind.</param>
/// <param name="Low">The lowest allowed number, where the message shows one.</param>
/// <param name="High">The highest allowed number, where the message shows one.</param>
public readonly record struct ImageError(ImageErrorKind Kind, ulong Value = 0, ulong Low = 0, ulong High = 0)
{
    private const string LinkCure = "link it with guest/Directory.Build.props";

    /// <summary>One sentence that says what is wrong, then the cure. Printable ASCII, no line breaks.</summary>
    public string Message => FileMessage() ?? SegmentMessage() ?? NoteMessage() ?? "the image is in order";

    /// <inheritdoc/>
    public override string ToString() => Message;

    // The numbers are unsigned, so the culture has no say in their text.
    private static string Text(DefaultInterpolatedStringHandler text) => text.ToStringAndClear();

    private string? FileMessage() => Kind switch
    {
        ImageErrorKind.FileTooSmall => Text(
            $"the file has {Value} bytes, less than an ELF header: it was cut short; build or copy it again"),
        ImageErrorKind.FileTooLarge => Text(
            $"the file has {Value} bytes, more than the {High} allowed; strip it or leave data out of the image"),
        ImageErrorKind.NotElf => Text(
            $"not an ELF file; name the .denali file that the guest's build leaves in artifacts/guests"),
        ImageErrorKind.NotElf64 => Text($"not a 64-bit ELF file; build the guest for linux-x64"),
        ImageErrorKind.NotLittleEndian => Text($"not a little-endian ELF file; build the guest for linux-x64"),
        ImageErrorKind.UnknownElfVersion => Text(
            $"ELF version {Value} is unknown (only 1 is defined): the header is damaged; build the image again"),
        ImageErrorKind.ForeignAbi => Text(
            $"ELF ABI {Value} is foreign (only System V, 0, and GNU, 3, are known); build the guest for linux-x64"),
        ImageErrorKind.WrongMachine => Text(
            $"machine {Value} is not x86-64 (62); build the guest for linux-x64"),
        ImageErrorKind.NotExecutable => Text(
            $"ELF type {Value} is not an executable: an object file or core dump; {LinkCure}"),
        ImageErrorKind.BadHeaderSize => Text(
            $"a header size of {Value} bytes is not ELF64's {Low}: the header is damaged; build the image again"),
        ImageErrorKind.TooManyProgramHeaders => Text(
            $"{Value} program headers are more than the {High} allowed; merge sections in the linker script"),
        ImageErrorKind.ProgramHeadersOutsideFile => Text(
            $"the program headers at offset {Value} lie outside the file: it was cut short; build or copy it again"),
        ImageErrorKind.PositionIndependent => Text(
            $"the image is position-independent, but guests run at fixed addresses; {LinkCure} (no -pie)"),
        ImageErrorKind.DynamicallyLinked => Text(
            $"the image wants a dynamic linker, and a VM has none; {LinkCure} (-static)"),
        _ => null,
    };

    private string? SegmentMessage() => Kind switch
    {
        ImageErrorKind.NoSegments => Text($"the image has nothing to load; {LinkCure}"),
        ImageErrorKind.TooManySegments => Text(
            $"{Value} segments to load are more than the {High} allowed; merge sections in the linker script"),
        ImageErrorKind.SegmentOutsideFile => Text(
            $"the segment at 0x{Value:x} lies outside the file: it was cut short; build or copy it again"),
        ImageErrorKind.SegmentLargerInFile => Text(
            $"the segment at 0x{Value:x} is larger in the file than in memory: it is damaged; build the image again"),
        ImageErrorKind.SegmentTooLow => Text(
            $"the segment at 0x{Value:x} begins below 0x{Low:x}, where images begin; set the image base to 0x{Low:x}"),
        ImageErrorKind.SegmentTooHigh => Text(
            $"the segment at 0x{Value:x} ends above 0x{High:x}, the largest memory size; link the image lower"),
        ImageErrorKind.SegmentsOverlap => Text(
            $"the segment at 0x{Value:x} begins below 0x{Low:x}, where the pages of the one before it end; " +
            $"align segments with different permissions to {AddressMap.PageBytes} bytes (-z separate-code)"),
        ImageErrorKind.SegmentWritableAndExecutable => Text(
            $"the segment at 0x{Value:x} is writable and executable; separate code from data in the linker script"),
        ImageErrorKind.SegmentUnreadable => Text(
            $"the segment at 0x{Value:x} is not readable, and a VM has no such pages; make it readable"),
        ImageErrorKind.EntryNotExecutable => Text(
            $"the entry point 0x{Value:x} is not inside an executable segment; name a function with the linker's -e"),
        ImageErrorKind.DoesNotFit => Text(
            $"the image and its stacks do not fit into the {Value} bytes of memory it asks for; " +
            $"ask for at least {Low} bytes, or for fewer or smaller stacks"),
        ImageErrorKind.RequestedMemoryRefused => Text(
            $"this image cannot have {Value} bytes of memory; choose a multiple of {AddressMap.ChunkBytes} " +
            $"from {Low} to {High}"),
        _ => null,
    };

    private string? NoteMessage() => Kind switch
    {
        ImageErrorKind.NoNote => Text(
            $"not a Denali image: it has no Denali note; build it with guest/Directory.Build.props"),
        ImageErrorKind.SeveralNotes => Text(
            $"the image has more than one Denali note; link only one object file that carries it"),
        ImageErrorKind.NotesDamaged => Text(
            $"the note segment at offset {Value} is damaged; build the image again"),
        ImageErrorKind.NoteTooShort => Text(
            $"the Denali note has {Value} bytes, less than {Low}; build the image again with this version's tools"),
        ImageErrorKind.WrongArchitectureVersion => Text(
            $"the image is built for version {Value} of the virtual hardware, this is version {High}; " +
            $"build the image again or use the matching Denali"),
        ImageErrorKind.BadProcessorLevel => Text(
            $"processor level {Value} is unknown; ask for {Low} to {High} (x86-64-v{Low} to -v{High}) in the note"),
        ImageErrorKind.BadMemorySize => Text(
            $"the note asks for {Value} bytes of memory; ask for a multiple of {AddressMap.ChunkBytes} " +
            $"from {Low} to {High}"),
        ImageErrorKind.BadStackSize => Text(
            $"the note asks for stacks of {Value} bytes; ask for a multiple of {AddressMap.PageBytes} " +
            $"from {Low} to {High}"),
        ImageErrorKind.BadStackCount => Text($"the note asks for {Value} stacks; ask for {Low} to {High}"),
        ImageErrorKind.UnknownFeatures => Text(
            $"the image needs unknown devices (bits 0x{Value:x}); use the newer Denali that it is built for"),
        _ => null,
    };
}
