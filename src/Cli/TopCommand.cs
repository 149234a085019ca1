// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading;
using Denali.Control.Api;

namespace Denali.Cli;

/// <summary>Shows how a running kernel is, again and again.</summary>
internal sealed class TopCommand : IDisposable
{
    private const double ShortestSeconds = 0.1;
    private const double LongestSeconds = 3600;

    private readonly ManualResetEventSlim _ended = new();

    /// <summary>Describes the command.</summary>
    internal static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "One look, over one interval" };
        var json = new Option<bool>("--json") { Description = "What the kernel tells, a JSON object a line" };
        var interval = new Option<string>("--interval") { Description = "Seconds between two looks (default 1)" };
        var kernel = new KernelArguments();
        var command = new Command("top", "Show how a running kernel is: VMs, slots, wakes, memory, requests.")
        {
            once, json, interval,
        };
        kernel.AddTo(command);
        command.SetAction(result =>
        {
            using var top = new TopCommand();
            using ApiClient client = kernel.Connect(result);
            TimeSpan pause = ParseInterval(result.GetValue(interval));
            return result.GetValue(json)
                ? top.TellJson(client, pause, result.GetValue(once))
                : top.Tell(client, pause, result.GetValue(once));
        });
        return command;
    }

    public void Dispose() => _ended.Dispose();

    private static TimeSpan ParseInterval(string? text)
    {
        if (text is null)
        {
            return TimeSpan.FromSeconds(1);
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= ShortestSeconds and <= LongestSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException(
                $"'{text}' is not an interval: write seconds, {ShortestSeconds} to {LongestSeconds}");
    }

    private static KernelSample Ask(ApiClient client) => client.SampleAsync().GetAwaiter().GetResult();

    private int TellJson(ApiClient client, TimeSpan pause, bool isOnce)
    {
        using PosixSignalRegistration interrupt = EndAt(PosixSignal.SIGINT);
        using PosixSignalRegistration terminate = EndAt(PosixSignal.SIGTERM);
        do
        {
            JsonOutput.WriteLine(Ask(client), ApiJson.Default.KernelSample);
        }
        while (!isOnce && !_ended.Wait(pause));

        return ExitStatus.Success;
    }

    private int Tell(ApiClient client, TimeSpan pause, bool isOnce)
    {
        using PosixSignalRegistration interrupt = EndAt(PosixSignal.SIGINT);
        using PosixSignalRegistration terminate = EndAt(PosixSignal.SIGTERM);
        bool isLive = !isOnce && !Console.IsOutputRedirected;
        KernelSample before = Ask(client);
        int shown = 0;
        while (!_ended.Wait(pause))
        {
            KernelSample now = Ask(client);
            string[] lines = TopView.Lines(before, now);
            string back = isLive && shown > 0 ? $"\e[{shown}A" : "";
            string end = isLive ? "\e[K\n" : "\n";
            Console.Out.Write(back + string.Join(end, lines) + end + (isLive ? "\e[J" : ""));
            if (!isLive && !isOnce)
            {
                Console.Out.WriteLine();
            }

            shown = lines.Length;
            before = now;
            if (isOnce)
            {
                break;
            }
        }

        return ExitStatus.Success;
    }

    private PosixSignalRegistration EndAt(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        _ended.Set();
    });
}
