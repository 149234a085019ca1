// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Kvm;

/// <summary>
/// Writes the monitor area of a memory base: page tables of the image, descriptor tables, task state, fault stubs.
/// </summary>
internal ref struct MonitorAreaBuilder
{
    internal const ushort KernelCodeSelector = 0x10;
    internal const ushort KernelDataSelector = 0x18;

    // The same selectors as Linux's own user segments, which is what a software-assisted KVM runs guests with.
    internal const ushort UserDataSelector = (ushort)UpcallFrame.StackSelector;
    internal const ushort UserCodeSelector = (ushort)UpcallFrame.CodeSelector;
    internal const ushort TaskSelector = 0x40;

    internal const ushort DescriptorLimit = 0x7F;
    internal const int InterruptTableOffset = 0x800;
    internal const ushort InterruptTableLimit = (ExitPort.ExceptionCount * 16) - 1;
    internal const int StubBytes = 16;
    internal const int SystemCallStub = ExitPort.ExceptionCount * StubBytes;
    internal const int PageFaultVector = 14;

    private const int BitmapOffset = 0x68;

    /// <summary>The task state covers the bitmap of ports 0 to 31 and its closing byte of ones.</summary>
    internal const uint TaskLimit = BitmapOffset + 4;

    private readonly Span<byte> _area;

    internal MonitorAreaBuilder(Span<byte> area)
    {
        _area = area;
    }

    /// <summary>Writes it all.</summary>
    /// <param name="description">The address space.</param>
    /// <param name="commits">What of heap and stacks a VM may use from the start.</param>
    internal readonly void Build(BaseDescription description, ChunkMap commits)
    {
        LinkTables(description.MemoryBytes);
        MapMonitor();
        MapPage(AddressMap.RegisterPageBase, PageTableEntry.Data);
        MapPage(AddressMap.InstructionPageBase, PageTableEntry.Code);
        MapPage(AddressMap.ArgumentsBase, PageTableEntry.ReadOnly);
        foreach (BaseRegion region in description.Regions)
        {
            ulong entry = EntryFor(region.Permissions);
            for (ulong address = region.Address; address < region.End; address += AddressMap.PageBytes)
            {
                MapPage(address, entry);
            }
        }

        for (int chunk = commits.Next(0); chunk >= 0; chunk = commits.Next(chunk + 1))
        {
            MapChunk(description, (ulong)chunk * AddressMap.ChunkBytes);
        }

        WriteDescriptors();
        WriteTaskState();
        WriteStubs();
    }

    private static ulong EntryFor(Permissions permissions) =>
        permissions switch
        {
            Permissions.Read => PageTableEntry.ReadOnly,
            Permissions.Execute => PageTableEntry.Code,
            Permissions.Write => PageTableEntry.Data,
            _ => throw new ArgumentException("A region is either writable or executable."),
        };

    private readonly void LinkTables(ulong memoryBytes)
    {
        Put(MonitorLayout.RootTable, At(MonitorLayout.Directories) | PageTableEntry.Link);
        ulong tables = MonitorLayout.TableCount(memoryBytes);
        for (ulong table = 0; table < tables; table++)
        {
            ulong link = At(MonitorLayout.Tables + (table * AddressMap.PageBytes)) | PageTableEntry.Link;
            Put(MonitorLayout.Directory + (table * sizeof(ulong)), link);
        }

        ulong directories =
            (memoryBytes + MonitorLayout.BytesPerDirectory - 1) / MonitorLayout.BytesPerDirectory;
        for (ulong directory = 0; directory < directories; directory++)
        {
            ulong link = At(MonitorLayout.Directory + (directory * AddressMap.PageBytes)) | PageTableEntry.Link;
            Put(MonitorLayout.Directories + (directory * sizeof(ulong)), link);
        }
    }

    private readonly void MapMonitor()
    {
        ulong index = AddressMap.MonitorBase / MonitorLayout.BytesPerDirectory;
        Put(
            MonitorLayout.Directories + (index * sizeof(ulong)),
            At(MonitorLayout.MonitorDirectory) | PageTableEntry.MonitorLink);
        Put(MonitorLayout.MonitorDirectory, At(MonitorLayout.MonitorTable) | PageTableEntry.MonitorLink);
        foreach (ulong page in (ReadOnlySpan<ulong>)
            [MonitorLayout.Descriptors, MonitorLayout.TaskState, MonitorLayout.Stubs, MonitorLayout.Stack])
        {
            ulong flags = page == MonitorLayout.Stack
                ? PageTableEntry.Monitor | PageTableEntry.NoExecute
                : PageTableEntry.Monitor & ~PageTableEntry.Write;
            Put(MonitorLayout.MonitorTable + (page / AddressMap.PageBytes * sizeof(ulong)), At(page) | flags);
        }
    }

    private readonly void MapChunk(BaseDescription description, ulong first)
    {
        for (ulong page = first; page < first + AddressMap.ChunkBytes; page += AddressMap.PageBytes)
        {
            if (description.IsOnDemand(page))
            {
                MapPage(page, PageTableEntry.Data);
            }
        }
    }

    private readonly void MapPage(ulong address, ulong flags) =>
        Put(MonitorLayout.EntryOffset(address), address | flags);

    private readonly void WriteDescriptors()
    {
        // Flat 64-bit segments with the Accessed bit set; the layout of descriptors is in the AMD64 manual volume 2,
        // 4.8.
        Put(MonitorLayout.Descriptors + KernelCodeSelector, 0x00AF_9B00_0000_FFFF);
        Put(MonitorLayout.Descriptors + KernelDataSelector, 0x00CF_9300_0000_FFFF);
        Put(MonitorLayout.Descriptors + (UserDataSelector & ~7u), 0x00CF_F300_0000_FFFF);
        Put(MonitorLayout.Descriptors + (UserCodeSelector & ~7u), 0x00AF_FB00_0000_FFFF);

        for (int vector = 0; vector < ExitPort.ExceptionCount; vector++)
        {
            // Breakpoint and overflow may be raised by instructions of the guest; "int n" for any other vector is a
            // general protection fault because its gate is the supervisor's.
            ulong attributes = vector is 3 or 4 ? 0xEEUL : 0x8EUL;
            ulong stub = At(MonitorLayout.Stubs + (ulong)(vector * StubBytes));
            ulong gate = MonitorLayout.Descriptors + InterruptTableOffset + (ulong)(vector * 16);
            Put(gate, (stub & 0xFFFF) | ((ulong)KernelCodeSelector << 16) | (attributes << 40)
                | ((stub >> 16 & 0xFFFF) << 48));
            Put(gate + 8, stub >> 32);
        }
    }

    private readonly void WriteTaskState()
    {
        Span<byte> task = _area.Slice((int)MonitorLayout.TaskState, (int)AddressMap.PageBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(task[4..], At(MonitorLayout.StackTop));
        BinaryPrimitives.WriteUInt16LittleEndian(task[0x66..], BitmapOffset);
        task[BitmapOffset..].Fill(0xFF);
        task[BitmapOffset + (ExitPort.Instructions / 8)] = 0x00;
    }

    private readonly void WriteStubs()
    {
        Span<byte> stubs = _area.Slice((int)MonitorLayout.Stubs, (int)AddressMap.PageBytes);
        stubs.Fill(0xF4);
        for (int vector = 0; vector < ExitPort.ExceptionCount; vector++)
        {
            // out port, al; hlt. A VM that is entered again after a fault would only halt.
            stubs[vector * StubBytes] = 0xE6;
            stubs[(vector * StubBytes) + 1] = (byte)(ExitPort.Exceptions + vector);
        }

        // After a page fault that committed memory the guest goes on: out port, al; add rsp, 8; iretq.
        ReadOnlySpan<byte> pageFault =
            [0xE6, ExitPort.Exceptions + PageFaultVector, 0x48, 0x83, 0xC4, 0x08, 0x48, 0xCF];
        pageFault.CopyTo(stubs[(PageFaultVector * StubBytes)..]);
        stubs[SystemCallStub] = 0xE6;
        stubs[SystemCallStub + 1] = ExitPort.SystemCall;
    }

    private readonly void Put(ulong offset, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(_area[(int)offset..], value);

    private static ulong At(ulong offset) => AddressMap.MonitorBase + offset;
}
