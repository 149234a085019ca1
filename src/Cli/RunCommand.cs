// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control;
using Denali.Diagnostics;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Net;

namespace Denali.Cli;

/// <summary>Runs VMs of one image until all have ended.</summary>
internal sealed class RunCommand : IMachineObserver
{
    private readonly RunOptions _options;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, MachineExit> _exits = [];
    private readonly List<ulong> _machines = [];
    private readonly List<DiskImage> _disks = [];
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DenaliImage _image;
    private readonly string _path;
    private IsolationKernel? _kernel;
    private ConsoleOutput? _output;
    private ConsoleInput? _input;
    private ulong _memoryBytes;
    private int _expected;
    private int _interrupts;
    private bool _timedOut;

    private RunCommand(RunOptions options)
    {
        _options = options;
        (_image, _path) = GuestImages.Load(options.Image);
    }

    /// <summary>Runs the command.</summary>
    /// <param name="options">What to run.</param>
    /// <returns>The exit status.</returns>
    internal static int Execute(RunOptions options)
    {
        var command = new RunCommand(options);
        try
        {
            return command.Execute();
        }
        finally
        {
            command._disks.ForEach(disk => disk.Dispose());
        }
    }

    int IMachineObserver.OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) =>
        _output!.Add(machineId, output);

    void IMachineObserver.OnConsoleInputTaken(ulong machineId, int bytes) => _input!.OnTaken(bytes);

    // A worker must not wait for who reads the line.
    void IMachineObserver.OnAddressChanged(ulong machineId, IpAddress address) =>
        ThreadPool.QueueUserWorkItem(_ => ReportAddress(machineId, address));

    void IMachineObserver.OnEnded(MachineExit exit)
    {
        _output!.Finish(exit.MachineId, exit.RemainingOutput);
        lock (_lock)
        {
            _exits.Add(exit.MachineId, exit);
            if (_exits.Count == _expected)
            {
                _allEnded.TrySetResult();
            }
        }
    }

    private int Execute()
    {
        foreach (DiskOption disk in _options.Disks)
        {
            _disks.Add(DiskImage.Open(disk.Path, disk.IsReadOnly));
        }

        using var engine = new KvmEngine(KvmDevice.Path);
        using var kernel = new IsolationKernel(
            engine, new KernelOptions { TapName = _options.Network.TapName, Lan = _options.Network.Lan });
        _kernel = kernel;
        using LoadedImage image = kernel.Load(_image, _options.MemoryBytes);
        using var network = new RunNetwork(_options.Network, kernel, _image);
        using var output = new ConsoleOutput(Console.OpenStandardOutput(), _options.Count > 1, kernel.ResumeConsole);
        _output = output;
        _input = new ConsoleInput(
            Console.OpenStandardInput(), input => kernel.SendConsoleInput(_machines[0], input));
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _memoryBytes = image.Layout.MemoryBytes;
        _expected = _options.Count;
        using CaptureWriter? capture =
            _options.Network.CapturePath is { } path ? kernel.Switch.StartCapture(path) : null;
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            CreateMachines(kernel, image, network);
        }
        catch when (_machines.Count == 0)
        {
            // There is nothing to be seen of a VM that was refused.
            capture?.Discard();
            throw;
        }

        using Timer? timer = _options.Timeout is { } timeout
            ? new Timer(_ => OnTimeout(), null, timeout, Timeout.InfiniteTimeSpan)
            : null;
        if (_options.Count == 1)
        {
            _input.Start();
        }

        _allEnded.Task.Wait();
        output.Flush();
        capture?.Dispose();
        ReportCapture(capture);
        return Report(TimeProvider.System.GetElapsedTime(start));
    }

    private void CreateMachines(IsolationKernel kernel, LoadedImage image, RunNetwork network)
    {
        for (int i = 0; i < _options.Count; i++)
        {
            ulong id = kernel.Create(new MachineOptions
            {
                Image = image,
                Observer = this,
                Arguments = [Path.GetFileNameWithoutExtension(_path), .. _options.Arguments],
                LimitBytes = _options.LimitBytes,
                Network = network.OptionsOf(i),
                Disks = _disks,
            });
            lock (_lock)
            {
                _machines.Add(id);
            }
        }

        network.Publish(_machines[0]);
    }

    private void ReportAddress(ulong machineId, IpAddress address)
    {
        string who = _options.Count > 1 ? $"[{machineId}]" : "the VM";
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        address.Write(bytes);
        ErrorOutput.WriteLine(address.IsAny
            ? $"denali: {who} has no address any more"
            : $"denali: {who} has the address {new System.Net.IPAddress(bytes)}");
    }

    private void ReportCapture(CaptureWriter? capture)
    {
        if (capture is { Error: { } error })
        {
            ErrorOutput.WriteLine($"denali: the capture '{_options.Network.CapturePath}' is not whole: {error}");
        }
        else if (capture is { Dropped: > 0 })
        {
            ErrorOutput.WriteLine(
                $"denali: {capture.Dropped} frames are missing in '{_options.Network.CapturePath}': write to a faster "
                + "disk");
        }
    }

    // The first signal asks, the second kills.
    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        bool kill = Interlocked.Increment(ref _interrupts) > 1;
        foreach (ulong id in Machines())
        {
            if (kill)
            {
                _kernel!.Kill(id);
            }
            else
            {
                _kernel!.RequestTermination(id);
            }
        }
    }

    private void OnTimeout()
    {
        _timedOut = true;
        Array.ForEach(Machines(), _kernel!.Kill);
    }

    private ulong[] Machines()
    {
        lock (_lock)
        {
            return [.. _machines];
        }
    }

    private int Report(TimeSpan elapsed)
    {
        int status = ExitStatus.Success;
        foreach (ulong id in _machines)
        {
            MachineExit exit = _exits[id];
            Describe(exit);
            status = status == ExitStatus.Success ? StatusOf(exit) : status;
        }

        if (_options.ShowStatistics)
        {
            WriteStatistics(elapsed);
        }

        return _timedOut ? ExitStatus.TimedOut : status;
    }

    private static int StatusOf(MachineExit exit) => exit.Cause switch
    {
        ExitCause.Terminated => (int)(exit.Code & 0xFF),
        ExitCause.OutOfMemory => ExitStatus.OutOfMemory,
        ExitCause.Killed => ExitStatus.Killed,
        _ => ExitStatus.Faulted,
    };

    private void Describe(MachineExit exit)
    {
        string who = _options.Count > 1 ? $"denali: [{exit.MachineId}] " : "denali: ";
        switch (exit.Cause)
        {
            case ExitCause.OutOfMemory:
                ErrorOutput.WriteLine(
                    $"{who}out of memory: {ByteCount.Format(exit.ChargedBytes)} in use; raise --memory or --limit");
                break;

            case ExitCause.Killed:
                ErrorOutput.WriteLine(_timedOut ? $"{who}killed: the time limit has passed" : $"{who}killed");
                break;

            case ExitCause.Faulted:
                ErrorOutput.WriteLine(who + FaultReport.Render(exit.Fault!, _image, _memoryBytes).TrimEnd());
                break;
        }
    }

    private void WriteStatistics(TimeSpan elapsed)
    {
        double machines = _exits.Count;
        double cpuMs = _exits.Values.Sum(exit => exit.CpuNs / 1e6);
        double charged = _exits.Values.Sum(exit => (double)exit.ChargedBytes);
        double exits = _exits.Values.Sum(exit => (double)exit.ExitCount);
        string time = string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMilliseconds:0.0} ms");
        string processor = string.Create(CultureInfo.InvariantCulture, $"{cpuMs / machines:0.000} ms of processor");
        string left = string.Create(CultureInfo.InvariantCulture, $"{exits / machines:0.0} exits");
        string memory = ByteCount.Format((ulong)(charged / machines));
        ErrorOutput.WriteLine($"denali: {machines} VMs in {time}; per VM: {processor}, {left}, {memory} charged");
    }
}
