// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Denali.Control;
using Denali.Engine;

namespace Denali.Cli;

/// <summary>The checks, as functions of facts.</summary>
internal static class DoctorChecks
{
    /// <summary>Descriptors that a VM needs while it holds an execution slot.</summary>
    internal const ulong DescriptorsPerSlot = 3;

    /// <summary>Mappings that a VM needs while it holds a slot: window, monitor area, overlays, run page.</summary>
    internal const ulong MappingsPerSlot = 8;

    // What the process itself needs: the runtime's files and libraries.
    private const ulong OwnDescriptors = 64;
    private const ulong OwnMappings = 1_000;

    // Fewer than this, and the machine is not used well.
    private const ulong FewSlots = 1_000;

    private const ulong MemoryMinBytes = 64UL << 20;
    private const ulong MemoryLowBytes = 512UL << 20;
    private const double TscToleranceShare = 0.005;
    private const string TunPath = "/dev/net/tun";

    private static readonly Version s_oldestLinux = new(5, 10);

    /// <summary>Checks that need no engine.</summary>
    internal static IEnumerable<DoctorFinding> OfHost(IDoctorFacts facts) =>
    [
        Linux(facts),
        Cores(facts),
        Memory(facts),
        OpenFiles(facts),
        Mappings(facts),
        Tun(facts),
    ];

    /// <summary>Opens the engine, checks what it offers, and measures it.</summary>
    internal static IEnumerable<DoctorFinding> OfEngine(IDoctorFacts facts)
    {
        if (!TryOpen(facts, out IExecutionEngine engine, out DoctorFinding opened))
        {
            return [opened];
        }

        return Opened();

        IEnumerable<DoctorFinding> Opened()
        {
            using (engine)
            {
                yield return opened;
                yield return Processor(engine);
                yield return Counter(facts, engine);
                foreach (DoctorFinding finding in DoctorMeasurements.Of(engine))
                {
                    yield return finding;
                }
            }
        }
    }

    internal static DoctorFinding Linux(IDoctorFacts facts)
    {
        const string What = "linux";
        string release = facts.Read("/proc/sys/kernel/osrelease")?.Trim() ?? "unknown";
        return ReadVersion(release) is { } version && version >= s_oldestLinux
            ? DoctorFinding.Ok(What, release)
            : DoctorFinding.Fail(What, $"{release} is too old", $"use Linux {s_oldestLinux} or newer");
    }

    internal static DoctorFinding Cores(IDoctorFacts facts)
    {
        const string What = "cores";
        return facts.ProcessorCount > 1
            ? DoctorFinding.Ok(What, Number((ulong)facts.ProcessorCount))
            : DoctorFinding.Warn(
                What, "1, which VMs share with everything else", "give the machine or the process a second one");
    }

    internal static DoctorFinding Memory(IDoctorFacts facts)
    {
        const string What = "memory";
        string? table = facts.Read("/proc/meminfo");
        if (ReadKilobytes(table, "MemAvailable:") is not { } available
            || ReadKilobytes(table, "MemTotal:") is not { } total)
        {
            return DoctorFinding.Warn(What, "/proc/meminfo cannot be read", "mount /proc");
        }

        string text = $"{ByteCount.Format(available)} of {ByteCount.Format(total)} available";
        return available < MemoryMinBytes ? DoctorFinding.Fail(What, text, "stop other programs or add memory")
            : available < MemoryLowBytes ? DoctorFinding.Warn(What, text, "stop other programs or add memory")
            : DoctorFinding.Ok(What, text);
    }

    internal static DoctorFinding OpenFiles(IDoctorFacts facts) =>
        Slots("open files", facts.OpenFileLimit, OwnDescriptors, DescriptorsPerSlot,
            "raise the limit (ulimit -n, LimitNOFILE=)");

    internal static DoctorFinding Mappings(IDoctorFacts facts)
    {
        string? text = facts.Read("/proc/sys/vm/max_map_count");
        return ulong.TryParse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out ulong count)
            ? Slots("mappings", count, OwnMappings, MappingsPerSlot, "raise it (sysctl vm.max_map_count=1048576)")
            : DoctorFinding.Warn("mappings", "vm.max_map_count cannot be read", "mount /proc");
    }

    internal static DoctorFinding Tun(IDoctorFacts facts) =>
        facts.Exists(TunPath)
            ? DoctorFinding.Ok("tun", TunPath)
            : DoctorFinding.Warn("tun", $"there is no {TunPath}", "for a network by TAP, load it (modprobe tun)");

    internal static DoctorFinding Processor(IExecutionEngine engine) =>
        engine.ProcessorLevel >= 3
            ? DoctorFinding.Ok("processor", $"x86-64-v{engine.ProcessorLevel}")
            : DoctorFinding.Warn(
                "processor",
                $"x86-64-v{engine.ProcessorLevel}, and guests are built for v3",
                "build them with <DenaliProcessorLevel>2, or use a processor with AVX2 (in a VM: -cpu host)");

    internal static DoctorFinding Counter(IDoctorFacts facts, IExecutionEngine engine)
    {
        const string What = "time stamp counter";
        string[] flags = Flags(facts.Read("/proc/cpuinfo"));
        if (!flags.Contains("constant_tsc"))
        {
            return DoctorFinding.Fail(
                What,
                "its frequency is not constant, so guests' clocks would be wrong",
                "use a processor with constant_tsc, or let the VM have it (-cpu host,+invtsc)");
        }

        double measured = facts.MeasureTscKhz();
        return Math.Abs(measured - engine.TscKhz) <= engine.TscKhz * TscToleranceShare
            ? DoctorFinding.Ok(What, $"constant, {Megahertz(engine.TscKhz)}")
            : DoctorFinding.Fail(
                What,
                $"KVM says {Megahertz(engine.TscKhz)}, measured are {Megahertz(measured)}",
                "run the check again on an idle machine; if it stays, boot with tsc=recalibrate or another kernel");
    }

    private static DoctorFinding Slots(string what, ulong limit, ulong own, ulong perSlot, string cure)
    {
        ulong slots = (limit - Math.Min(limit, own)) / perSlot;
        string text = $"{Number(limit)}, enough for {Number(slots)} VMs that run at a time";
        return slots == 0 ? DoctorFinding.Fail(what, text, cure)
            : slots < FewSlots ? DoctorFinding.Warn(what, text, cure)
            : DoctorFinding.Ok(what, text);
    }

    private static bool TryOpen(IDoctorFacts facts, out IExecutionEngine engine, out DoctorFinding finding)
    {
        try
        {
            engine = facts.OpenEngine();
            finding = DoctorFinding.Ok("kvm", $"{facts.KvmPath}, API version 12, immediate exit");
            return true;
        }
        catch (EngineException e)
        {
            engine = null!;
            finding = new DoctorFinding(DoctorVerdict.Fail, "kvm", e.Message);
            return false;
        }
    }

    private static Version? ReadVersion(string release)
    {
        string digits = string.Concat(release.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')).TrimEnd('.');
        return Version.TryParse(digits, out Version? version) ? version : null;
    }

    private static ulong? ReadKilobytes(string? table, string name)
    {
        string? line = table?.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && ulong.TryParse(
            words[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong kilobytes)
            ? kilobytes << 10
            : null;
    }

    private static string[] Flags(string? table)
    {
        string? line = table?.Split('\n').FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
    }

    private static string Number(ulong value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Megahertz(double khz) => string.Create(CultureInfo.InvariantCulture, $"{khz / 1e3:0.#} MHz");
}
