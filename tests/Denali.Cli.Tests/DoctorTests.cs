// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Kvm;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>Every check says what it looked at; one that fails names the cure.</summary>
public sealed class DoctorTests
{
    private readonly FakeFacts _facts = new();

    [Fact]
    public void GoodMachine_EveryLine_IsOk()
    {
        Assert.Equal("ok   linux: 6.1.0-18-amd64", _facts.LineOf("linux"));
        Assert.Equal("ok   cores: 8", _facts.LineOf("cores"));
        Assert.Equal("ok   memory: 7.8 GiB of 15.6 GiB available", _facts.LineOf("memory"));
        Assert.Equal(
            "ok   open files: 1,048,576, enough for 349,504 VMs that run at a time", _facts.LineOf("open files"));
        Assert.Equal("ok   mappings: 65,530, enough for 8,066 VMs that run at a time", _facts.LineOf("mappings"));
        Assert.Equal("ok   tun: /dev/net/tun", _facts.LineOf("tun"));
        Assert.Equal("ok   kvm: /dev/kvm, API version 12, immediate exit", _facts.LineOf("kvm"));
        Assert.Equal("ok   processor: x86-64-v3", _facts.LineOf("processor"));
        Assert.Equal("ok   time stamp counter: constant, 2000 MHz", _facts.LineOf("time stamp counter"));
    }

    [Theory]
    [InlineData("5.9.16\n", "FAIL linux: 5.9.16 is too old; use Linux 5.10 or newer")]
    [InlineData("4.19.0-26-amd64\n", "FAIL linux: 4.19.0-26-amd64 is too old; use Linux 5.10 or newer")]
    [InlineData("nonsense", "FAIL linux: nonsense is too old; use Linux 5.10 or newer")]
    [InlineData("", "FAIL linux:  is too old; use Linux 5.10 or newer")]
    [InlineData(null, "FAIL linux: unknown is too old; use Linux 5.10 or newer")]
    [InlineData("5.10.0\n", "ok   linux: 5.10.0")]
    [InlineData("10.0-rc1\n", "ok   linux: 10.0-rc1")]
    public void Linux_Version_IsCompared(string? release, string line)
    {
        _facts["/proc/sys/kernel/osrelease"] = release;
        Assert.Equal(line, _facts.LineOf("linux"));
    }

    [Fact]
    public void Cores_One_IsAWarning()
    {
        _facts.ProcessorCount = 1;
        Assert.Equal(
            "warn cores: 1, which VMs share with everything else; give the machine or the process a second one",
            _facts.LineOf("cores"));
    }

    [Theory]
    [InlineData(100_000, "warn memory: 97.7 MiB of 15.6 GiB available; stop other programs or add memory")]
    [InlineData(10_000, "FAIL memory: 9.8 MiB of 15.6 GiB available; stop other programs or add memory")]
    public void Memory_Little_SaysHowMuch(int kilobytes, string line)
    {
        _facts["/proc/meminfo"] = $"MemTotal:       16384000 kB\nMemAvailable:    {kilobytes} kB\n";
        Assert.Equal(line, _facts.LineOf("memory"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("MemTotal:\nMemAvailable: x kB\n")]
    public void Memory_Unknown_IsAWarning(string? table)
    {
        _facts["/proc/meminfo"] = table;
        Assert.Equal("warn memory: /proc/meminfo cannot be read; mount /proc", _facts.LineOf("memory"));
    }

    [Theory]
    [InlineData(1_024, "warn open files: 1,024, enough for 320 VMs that run at a time; "
        + "raise the limit (ulimit -n, LimitNOFILE=)")]
    [InlineData(66, "FAIL open files: 66, enough for 0 VMs that run at a time; "
        + "raise the limit (ulimit -n, LimitNOFILE=)")]
    [InlineData(0, "FAIL open files: 0, enough for 0 VMs that run at a time; "
        + "raise the limit (ulimit -n, LimitNOFILE=)")]
    public void OpenFiles_Few_SaysForHowManyMachines(int limit, string line)
    {
        _facts.OpenFileLimit = (ulong)limit;
        Assert.Equal(line, _facts.LineOf("open files"));
    }

    [Theory]
    [InlineData("3000\n", "warn mappings: 3,000, enough for 250 VMs that run at a time; "
        + "raise it (sysctl vm.max_map_count=1048576)")]
    [InlineData("100\n", "FAIL mappings: 100, enough for 0 VMs that run at a time; "
        + "raise it (sysctl vm.max_map_count=1048576)")]
    [InlineData("x", "warn mappings: vm.max_map_count cannot be read; mount /proc")]
    [InlineData(null, "warn mappings: vm.max_map_count cannot be read; mount /proc")]
    public void Mappings_Few_SaysForHowManyMachines(string? text, string line)
    {
        _facts["/proc/sys/vm/max_map_count"] = text;
        Assert.Equal(line, _facts.LineOf("mappings"));
    }

    [Fact]
    public void Tun_Absent_IsAWarning()
    {
        _facts.HasTun = false;
        Assert.Equal(
            "warn tun: there is no /dev/net/tun; for a network by TAP, load it (modprobe tun)", _facts.LineOf("tun"));
    }

    [Fact]
    public void Kvm_CannotBeOpened_IsTheLastLine()
    {
        _facts.Engine = () => throw new EngineException("cannot use /dev/kvm: there is no such file; load the module");
        using var output = new StringWriter { NewLine = "\n" };

        Assert.Equal(ExitStatus.Unhealthy, DoctorCommand.Execute(_facts, output));
        Assert.EndsWith(
            "\nFAIL kvm: cannot use /dev/kvm: there is no such file; load the module\n",
            output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Processor_LevelTwo_IsAWarning()
    {
        _facts.Engine = () => new FakeEngine { ProcessorLevel = 2 };
        Assert.Equal(
            "warn processor: x86-64-v2, and guests are built for v3; build them with <DenaliProcessorLevel>2, or use a "
            + "processor with AVX2 (in a VM: -cpu host)",
            _facts.LineOf("processor"));
    }

    [Theory]
    [InlineData("flags\t\t: fpu tsc nonstop_tsc\n")]
    [InlineData("flags\t\t: fpu xconstant_tsc constant_tscx\n")]
    [InlineData("")]
    [InlineData(null)]
    public void Counter_NotConstant_Fails(string? table)
    {
        _facts["/proc/cpuinfo"] = table;
        Assert.Equal(
            "FAIL time stamp counter: its frequency is not constant, so guests' clocks would be wrong; use a processor "
            + "with constant_tsc, or let the VM have it (-cpu host,+invtsc)",
            _facts.LineOf("time stamp counter"));
    }

    [Theory]
    [InlineData(1_989_000)]
    [InlineData(2_011_000)]
    [InlineData(4_000_000)]
    public void Counter_OtherThanKvmSays_Fails(double khz)
    {
        _facts.TscKhz = khz;
        Assert.StartsWith(
            "FAIL time stamp counter: KVM says 2000 MHz, measured are ",
            _facts.LineOf("time stamp counter"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slot", "no execution slot can be made: it is a fake; use a real one")]
    [InlineData("exit", "no memory base can be made: it is a fake; use a real one")]
    [InlineData("run", "no memory base can be made: it is a fake; use a real one")]
    public void Measurement_EngineRefuses_FailsWithItsReason(string what, string reason) =>
        Assert.Equal($"FAIL {what}: {reason}", _facts.LineOf(what));

    [Fact]
    public void Engine_AfterTheChecks_IsDisposed()
    {
        var engine = new FakeEngine();
        _facts.Engine = () => engine;
        Assert.Equal(ExitStatus.Unhealthy, DoctorCommand.Execute(_facts, TextWriter.Null));
        Assert.True(engine.IsDisposed);
    }

    [Fact]
    public void Image_OfTheDoctor_IsAnImage()
    {
        byte[] file = DoctorImage.Build();
        Assert.True(DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error), error.Message);
        Assert.Equal(DoctorImage.MemoryBytes, image.PreferredMemoryBytes);
        Assert.Equal(2u, image.Note.ProcessorLevel);
    }

    [Fact]
    public void Slots_MadeAndBound_TakeNoMoreThanTheDoctorSays()
    {
        Denali.NeedsKvm();
        const int Slots = 10;
        using var engine = new KvmEngine();
        using IMemoryBase memoryBase = engine.CreateBase(DoctorImage.DescribeYieldLoop());
        (int descriptors, int mappings) = Count();
        var slots = new List<IExecutionSlot>();
        for (int i = 0; i < Slots; i++)
        {
            slots.Add(engine.CreateSlot(DoctorImage.MemoryBytes));
            slots[i].Bind(memoryBase);
            slots[i].Commit(DoctorImage.MemoryBytes - 1);
            Assert.Equal(Instruction.Yield, slots[i].Enter().Instruction);
        }

        (int moreDescriptors, int moreMappings) = Count();
        slots.ForEach(slot => slot.Dispose());
        Assert.InRange(moreDescriptors - descriptors, Slots, Slots * (int)DoctorChecks.DescriptorsPerSlot);
        Assert.InRange(moreMappings - mappings, Slots, Slots * (int)DoctorChecks.MappingsPerSlot);
    }

    [Fact]
    public void Command_OnThisMachine_MeasuresAndEndsWithZero()
    {
        Denali.NeedsKvm();
        Denali.Result result = Denali.Run("doctor");

        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.Matches("^(ok  |warn) [a-z ]+: .+$", line));
        Assert.Contains(lines, line => Regex.IsMatch(line, @"^ok   slot: [\d.]+ ms to make one"));
        Assert.Contains(lines, line => Regex.IsMatch(line, @"^ok   exit: [\d.]+ us per round trip"));
        Assert.Contains(lines, line => Regex.IsMatch(line, "^ok   run: a VM from its image to its end in "));
    }

    [Fact]
    public void Command_WithoutKvm_EndsWithOne()
    {
        Denali.Result result = Denali.RunWith([("DENALI_KVM", "/nonexistent")], "doctor");

        Assert.Equal(ExitStatus.Unhealthy, result.ExitCode);
        Assert.Equal("", result.Errors);
        Assert.Contains(
            "FAIL kvm: cannot use /nonexistent: there is no such file; load the module", result.Output,
            StringComparison.Ordinal);
    }

    private static (int Descriptors, int Mappings) Count() =>
        (Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(), File.ReadLines("/proc/self/maps").Count());
}
