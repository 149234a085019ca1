// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Denali.Kvm;
using Denali.Kvm.Interop;
using Denali.Linux.Interop;

namespace Denali.Linux.Tests.Abi;

/// <summary>What of ours stands for what in the headers of Linux and of the C library.</summary>
internal static partial class AbiTable
{
    private const string Entry = "struct kvm_cpuid_entry2";

    // Constants that mean nothing outside of this project, or that a row of a structure covers.
    private static readonly string[] s_own =
    [
        "Libc.Library", "InterfaceName.Length", "Timespec.NanosecondsPerSecond", "KvmCpuid2.MaxEntries",
        "KvmMsrs.MaxEntries",
    ];

    private static readonly Assembly[] s_assemblies = [typeof(FileDescriptor).Assembly, typeof(KvmEngine).Assembly];

    internal static string Includes { get; } = string.Concat(new[]
    {
        "linux/kvm.h", "errno.h", "fcntl.h", "linux/if_arp.h", "linux/if_tun.h", "linux/if.h",
        "poll.h", "sched.h", "signal.h", "stddef.h", "stdio.h", "sys/ioctl.h", "sys/mman.h", "sys/resource.h",
        "sys/socket.h", "sys/uio.h", "time.h",
    }.Select(header => $"#include <{header}>\n"));

    internal static IReadOnlyList<StructRow> Structs { get; } =
    [
        new(typeof(KvmUserspaceMemoryRegion), "struct kvm_userspace_memory_region"),
        new(typeof(KvmRegs), "struct kvm_regs"),
        new(typeof(KvmSegment), "struct kvm_segment"),
        new(typeof(KvmDtable), "struct kvm_dtable"),
        new(typeof(KvmSregs), "struct kvm_sregs"),
        new StructRow(typeof(KvmRun), "struct kvm_run").Head()
            .Field("IODirection", "io.direction")
            .Field("IOSize", "io.size")
            .Field("IOPort", "io.port")
            .Field("IOCount", "io.count")
            .Field("IODataOffset", "io.data_offset")
            .Field("InternalSuberror", "internal.suberror")
            .Field("HardwareEntryFailureReason", "fail_entry.hardware_entry_failure_reason"),
        new(typeof(KvmCpuidEntry2), Entry),
        new StructRow(typeof(KvmCpuid2), "struct kvm_cpuid2")
            .Size($"sizeof(struct kvm_cpuid2) + {KvmCpuid2.MaxEntries} * sizeof({Entry})")
            .Start("Entries", "entries"),
        new StructRow(typeof(KvmMsrEntry), "struct kvm_msr_entry"),
        new StructRow(typeof(KvmMsrs), "struct kvm_msrs")
            .Size($"sizeof(struct kvm_msrs) + {KvmMsrs.MaxEntries} * sizeof(struct kvm_msr_entry)")
            .Start("Entries", "entries"),
        new StructRow(typeof(KvmXcrs), "struct kvm_xcrs")
            .Field("Xcr0Index", "xcrs[0].xcr")
            .Field("Xcr0Value", "xcrs[0].value"),
        new StructRow(typeof(KvmXsave), "struct kvm_xsave")
            .Field("ControlWord", "cwd", "struct _fpstate")
            .Field("Mxcsr", "mxcsr", "struct _fpstate")
            .Field("StateBitmap", "xstate_hdr.xstate_bv", "struct _xstate"),
        new StructRow(typeof(KvmSignalMask), "struct kvm_signal_mask")
            .Size("sizeof(struct kvm_signal_mask) + 64 / 8")
            .Field("Length", "len")
            .Start("SetLow", "sigset[0]")
            .Start("SetHigh", "sigset[4]"),
        new(typeof(KvmDeviceAttr), "struct kvm_device_attr"),
        new(typeof(SigSet), "sigset_t"),
        new StructRow(typeof(Timespec), "struct timespec")
            .Field("Seconds", "tv_sec")
            .Field("Nanoseconds", "tv_nsec"),
        new StructRow(typeof(ITimerSpec), "struct itimerspec")
            .Field("Interval", "it_interval")
            .Field("Value", "it_value"),
        new StructRow(typeof(SigEvent), "struct sigevent")
            .Field("Value", "sigev_value")
            .Field("Signal", "sigev_signo")
            .Field("Notify", "sigev_notify")
            .Field("ThreadId", "_sigev_un._tid"),
        new StructRow(typeof(SigAction), "struct sigaction")
            .Field("Handler", "sa_handler")
            .Field("Mask", "sa_mask")
            .Field("Flags", "sa_flags")
            .Field("Restorer", "sa_restorer"),
        new StructRow(typeof(IoVector), "struct iovec")
            .Field("Base", "iov_base")
            .Field("Bytes", "iov_len"),
        new StructRow(typeof(PollFd), "struct pollfd")
            .Field("Descriptor", "fd")
            .Field("Events", "events")
            .Field("Happened", "revents"),
        new(typeof(InterfaceName), "((struct ifreq *)0)->ifr_name"),
        new StructRow(typeof(InterfaceRequest), "struct ifreq")
            .Field("Name", "ifr_name")
            .Field("Flags", "ifr_flags")
            .Field("AddressFamily", "ifr_hwaddr.sa_family")
            .Start("AddressBytes", "ifr_hwaddr.sa_data"),
        new StructRow(typeof(ResourceLimit), "struct rlimit")
            .Field("Current", "rlim_cur")
            .Field("Maximum", "rlim_max"),
    ];

    /// <summary>Expressions for constants that C spells differently; the others have the kernel's name.</summary>
    internal static IReadOnlyDictionary<string, string> Expressions { get; } = new Dictionary<string, string>
    {
        ["KvmCpuid2.HeaderSizeOf"] = "offsetof(struct kvm_cpuid2, entries)",
        ["KvmMsrs.HeaderSizeOf"] = "offsetof(struct kvm_msrs, entries)",
        ["KvmSignalMask.HeaderSizeOf"] = "offsetof(struct kvm_signal_mask, sigset)",
    };

    /// <summary>Structures of the interop layers: all that could be handed to the kernel.</summary>
    internal static IEnumerable<Type> OurStructs() =>
        s_assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => IsInterop(type) && type.IsValueType && !type.IsEnum && !type.IsNested);

    /// <summary>Constants of the interop layers, and those elsewhere that are spelled like the kernel's.</summary>
    internal static IEnumerable<(string Name, ulong Value)> OurConstants() =>
        s_assemblies.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetFields(
                BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field.IsLiteral && !field.DeclaringType!.IsEnum)
            .Where(field => IsInterop(field.DeclaringType!) || KernelSpelling().IsMatch(field.Name))
            .Select(field => (Field: field, Name: $"{field.DeclaringType!.Name}.{field.Name}"))
            .Where(row => !s_own.Contains(row.Name))
            .Select(row => (row.Name, Bits(row.Field.GetRawConstantValue()!)));

    /// <summary>The C expression of a constant.</summary>
    internal static string ExpressionOf(string name)
    {
        string[] parts = name.Split('.');
        return Expressions.TryGetValue(name, out string? expression) ? expression
            : parts[1] == "SizeOf" ? Structs.Single(row => row.Type.Name == parts[0]).CSize
            : parts[1];
    }

    private static bool IsInterop(Type type) =>
        type.Namespace?.EndsWith(".Interop", StringComparison.Ordinal) == true
        && !type.Name.StartsWith('<') && type.DeclaringType?.Name.StartsWith('<') != true;

    private static ulong Bits(object value) => value switch
    {
        int number => (ulong)number,
        long number => (ulong)number,
        uint number => number,
        ulong number => number,
        byte number => number,
        _ => throw new InvalidOperationException($"a constant of type {value.GetType()}"),
    };

    [GeneratedRegex("^[A-Z][A-Z0-9_]+$")]
    private static partial Regex KernelSpelling();
}
