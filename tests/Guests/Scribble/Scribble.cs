// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Denali.Hardware;
using Ilwaco;

/// <summary>
/// Writes at random over its register page, rings and all, and issues virtual instructions in between. Arguments: the
/// seed, and the number of rounds. May end in any way, if it ends.
/// </summary>
internal static unsafe class Scribble
{
    private static ulong s_state;

    private static int Main()
    {
        s_state = ParseNumber(Arguments.At(1)) | 1;

        // The library's own handler would not survive what is done to its registers.
        CriticalSection.Enter();
        ulong rounds = ParseNumber(Arguments.At(2));
        for (ulong round = 0; round < rounds; round++)
        {
            for (ulong count = Random() % 4; count > 0; count--)
            {
                WriteSomewhere();
            }

            Leave();
        }

        return 0;
    }

    private static void WriteSomewhere()
    {
        byte* page = (byte*)AddressMap.RegisterPageBase;
        switch (Random() % 8)
        {
            case 0:
                *(ulong*)(page + ((Random() % (AddressMap.PageBytes / sizeof(ulong))) * sizeof(ulong))) = Value();
                break;

            case 1:
                // The ring headers: producer and consumer of both.
                *(uint*)(page + ConsoleLayout.InputHeader + ((Random() % 32) * sizeof(uint))) = (uint)Value();
                break;

            case 2:
                *(uint*)(page + ConsoleLayout.OutputHeader + ((Random() % 32) * sizeof(uint))) = (uint)Value();
                break;

            case 3:
                VirtualRegisters.Page->PendingInterrupts = (InterruptBits)Value();
                break;

            case 4:
                VirtualRegisters.Page->TimerDeadlineNs = Value();
                break;

            case 5:
                VirtualRegisters.Page->SavedStackPointer = Value();
                break;

            case 6:
                VirtualRegisters.Page->IdleDeadlineNs = Value();
                break;

            default:
                // Rarely, because a true upcall to nowhere is the end of this VM.
                if (Random() % 1024 == 0)
                {
                    VirtualRegisters.Page->UpcallEntry = Value();
                    VirtualRegisters.Page->InterruptEnable = Random() % 3;
                }

                break;
        }
    }

    private static void Leave()
    {
        switch (Random() % 8)
        {
            case 0:
                Instruct(InstructionPage.DoorbellEntry, Random() & 0xFF);
                break;

            case 1:
                Instruct(InstructionPage.YieldEntry, 0);
                break;

            case 2:
                Instruct(InstructionPage.ReadyEntry, 0);
                break;

            case 3:
                // Without an exit: something is pending.
                VirtualRegisters.Page->PendingInterrupts |= InterruptBits.Console;
                Instruct(InstructionPage.IdleEntry, Value());
                break;

            case 4:
                // In the past, so that it returns.
                Instruct(InstructionPage.IdleEntry, Random() % 2);
                break;

            default:
                WriteAnyPort();
                break;
        }
    }

    private static void Instruct(ulong entry, ulong argument) =>
        ((delegate* unmanaged[SuppressGCTransition]<ulong, ulong>)entry)(argument);

    private static void WriteAnyPort()
    {
        uint port = (uint)(Random() % 8);
        bool ends = port is (uint)Instruction.Terminate or >= (uint)Instruction.Fault;
        if (ends && Random() % 1024 != 0)
        {
            port = (uint)Instruction.Doorbell;
        }

        RegisterPage* page = VirtualRegisters.Page;
        page->Argument0 = Value();
        page->Argument1 = Value();
        page->Argument2 = Value();
        page->SavedStackPointer = Value();

        // Mostly in the past, else this VM would only wait for its end.
        page->IdleDeadlineNs = Random() % 16384 == 0 ? Value() : Random() % 2;
        WritePort(port, (uint)Random());
    }

    private static ulong Value() => (Random() % 8) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => AddressMap.RegisterPageBase + (Random() % AddressMap.PageBytes),
        3 => AddressMap.ImageBase + (Random() % AddressMap.ChunkBytes),
        4 => VirtualRegisters.Page->MemoryBytes - (Random() % 64),
        5 => 1UL << (int)(Random() % 64),
        6 => AddressMap.MonitorBase + (Random() % AddressMap.ChunkBytes),
        _ => Random(),
    };

    private static ulong Random()
    {
        s_state ^= s_state << 13;
        s_state ^= s_state >> 7;
        s_state ^= s_state << 17;
        return s_state;
    }

    [RuntimeImport("*", "write_port")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void WritePort(uint number, uint value);

    private static ulong ParseNumber(ReadOnlySpan<byte> digits)
    {
        ulong value = 0;
        foreach (byte digit in digits)
        {
            value = (value * 10) + (uint)(digit - '0');
        }

        return value;
    }
}
