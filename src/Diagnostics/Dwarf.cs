// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>Numbers of the DWARF 5 standard (and of the LSB's .eh_frame), named as there.</summary>
internal static class Dwarf
{
    /// <summary>Length that announces the 64-bit format (section 7.4).</summary>
    public const uint Escape64 = 0xFFFFFFFF;

    // Line number program, standard opcodes (section 6.2.5.2).
    public const byte LineExtended = 0;
    public const byte LineCopy = 1;
    public const byte LineAdvancePc = 2;
    public const byte LineAdvanceLine = 3;
    public const byte LineSetFile = 4;
    public const byte LineSetColumn = 5;
    public const byte LineNegateStatement = 6;
    public const byte LineSetBasicBlock = 7;
    public const byte LineConstAddPc = 8;
    public const byte LineFixedAdvancePc = 9;
    public const byte LineSetPrologueEnd = 10;
    public const byte LineSetEpilogueBegin = 11;
    public const byte LineSetIsa = 12;

    // Line number program, extended opcodes (section 6.2.5.3).
    public const byte LineEndSequence = 1;
    public const byte LineSetAddress = 2;

    // Content types of file entries (section 6.2.4.1).
    public const ulong ContentPath = 1;
    public const ulong ContentDirectoryIndex = 2;

    // Attribute forms that line tables use (section 7.5.6).
    public const ulong FormBlock2 = 0x03;
    public const ulong FormBlock4 = 0x04;
    public const ulong FormData2 = 0x05;
    public const ulong FormData4 = 0x06;
    public const ulong FormData8 = 0x07;
    public const ulong FormString = 0x08;
    public const ulong FormBlock = 0x09;
    public const ulong FormBlock1 = 0x0A;
    public const ulong FormData1 = 0x0B;
    public const ulong FormSdata = 0x0D;
    public const ulong FormStrp = 0x0E;
    public const ulong FormUdata = 0x0F;
    public const ulong FormData16 = 0x1E;
    public const ulong FormLineStrp = 0x1F;

    // Call frame instructions (section 6.4.2, numbers in 7.24). The first three carry an operand in the low six bits.
    public const byte FrameAdvanceLocation = 0x40;
    public const byte FrameOffset = 0x80;
    public const byte FrameRestore = 0xC0;
    public const byte FrameNop = 0x00;
    public const byte FrameSetLocation = 0x01;
    public const byte FrameAdvanceLocation1 = 0x02;
    public const byte FrameAdvanceLocation2 = 0x03;
    public const byte FrameAdvanceLocation4 = 0x04;
    public const byte FrameOffsetExtended = 0x05;
    public const byte FrameRestoreExtended = 0x06;
    public const byte FrameUndefined = 0x07;
    public const byte FrameSameValue = 0x08;
    public const byte FrameRegister = 0x09;
    public const byte FrameRememberState = 0x0A;
    public const byte FrameRestoreState = 0x0B;
    public const byte FrameDefineCfa = 0x0C;
    public const byte FrameDefineCfaRegister = 0x0D;
    public const byte FrameDefineCfaOffset = 0x0E;
    public const byte FrameDefineCfaExpression = 0x0F;
    public const byte FrameExpression = 0x10;
    public const byte FrameOffsetExtendedSigned = 0x11;
    public const byte FrameDefineCfaSigned = 0x12;
    public const byte FrameDefineCfaOffsetSigned = 0x13;
    public const byte FrameValueOffset = 0x14;
    public const byte FrameValueOffsetSigned = 0x15;
    public const byte FrameValueExpression = 0x16;
    public const byte FrameGnuArgumentsSize = 0x2E;

    // Pointer encodings of .eh_frame (LSB 5.0 Core, section 10.5).
    public const byte PointerAbsolute = 0x00;
    public const byte PointerUnsigned = 0x01;
    public const byte PointerUnsigned2 = 0x02;
    public const byte PointerUnsigned4 = 0x03;
    public const byte PointerUnsigned8 = 0x04;
    public const byte PointerSigned = 0x09;
    public const byte PointerSigned2 = 0x0A;
    public const byte PointerSigned4 = 0x0B;
    public const byte PointerSigned8 = 0x0C;
    public const byte PointerFormatMask = 0x0F;
    public const byte PointerRelationMask = 0x70;
    public const byte PointerRelative = 0x10;
    public const byte PointerIndirect = 0x80;
    public const byte PointerOmitted = 0xFF;

    // Register numbers (System V AMD64 ABI, figure 3.36).
    public const int RegisterRsp = 7;
    public const int RegisterReturnAddress = 16;
    public const int RegisterCount = 17;
}
