// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Denali.Bench.Charts;
using Denali.Bench.Http;
using Denali.Bench.Peers;
using Denali.Bench.Zipf;
using Denali.Control;
using Denali.Engine;
using Denali.Kernel;

namespace Denali.Bench;

/// <summary>The benchmarks' command line.</summary>
internal static class Program
{
    private const int BadUsage = 2;

    private static readonly Dictionary<string, (string What, Action<BenchmarkContext> Run)> s_benchmarks = new()
    {
        ["exit"] = ("Cost of one exit and re-entry.", ExitBenchmark.Run),
        ["switch"] = ("World switch between VMs through idle.", SwitchBenchmark.Run),
        ["boot"] = ("From an image to its first instruction.", BootBenchmark.Run),
        ["packet"] = ("Cost of a frame by stage.", PacketBenchmark.Run),
        ["batching"] = ("Busy VMs with batched and with immediate interrupts.", BatchingBenchmark.Run),
        ["idle"] = ("Services with pending timers that idle, and that spin.", IdleBenchmark.Run),
        ["create"] = ("Making VMs of a template, and ending them.", CreateBenchmark.Run),
        ["wake"] = ("From an event to a VM's first instruction, and to a page.", WakeBenchmark.Run),
        ["density"] = ("Memory of many web VMs that have each served a request.", DensityBenchmark.Run),
        ["survive"] = ("Writing all VMs to the swap file, and going on with them.", SurviveBenchmark.Run),
        ["zipf"] = ("Pages of uneven popularity from nginx, from one VM, from a VM each.", ZipfBenchmark.Run),
        ["peers"] = ("Instances of a service: VMs, processes, microvms, unikernels, modules.", PeersBenchmark.Run),
        ["tcp"] = ("TCP between VMs and with the host, beside Linux.", TcpBenchmark.Run),
        ["http"] = ("Files from VMs, beside nginx and Kestrel; 15 minutes, or one.", HttpBenchmark.Run),
    };

    private static int Main(string[] arguments)
    {
        var root = new RootCommand("Denali's benchmarks. Each prints a table; figures are medians.");
        var quick = new Option<bool>("--quick")
        {
            Description = "Fewer repetitions: under 30 s, http about a minute and with fewer rows",
            Recursive = true,
        };
        var json = new Option<string>("--json") { Description = "Also write the figures to a file", Recursive = true };
        var svg = new Option<string>("--svg") { Description = "Also draw the figures into a file", Recursive = true };
        var markdown = new Option<bool>("--markdown")
        {
            Description = "Print what docs/performance.md has",
            Recursive = true,
        };
        root.Add(quick);
        root.Add(json);
        var machines = new Option<int?>("--vms")
        {
            Description = "Most VMs (batching, create, density, idle, survive, zipf)",
            Recursive = true,
        };
        root.Add(machines);
        var slots = new Option<int?>("--slots") { Description = "Execution slots (zipf)", Recursive = true };
        root.Add(slots);
        root.Add(svg);
        root.Add(markdown);
        foreach ((string name, (string what, Action<BenchmarkContext> run)) in s_benchmarks)
        {
            var command = new Command(name, what);
            command.SetAction(result =>
            {
                var context = new BenchmarkContext
                {
                    IsQuick = result.GetValue(quick),
                    Machines = result.GetValue(machines),
                    Slots = result.GetValue(slots),
                };
                BenchmarkReport report = Measure(name, arguments, run, context);
                Write(report, result.GetValue(markdown), result.GetValue(json));
                if (result.GetValue(svg) is { } path)
                {
                    File.WriteAllText(
                        path,
                        context.Charts.Count > 0 ? ChartSvg.Draw(report, context.Charts) : ReportSvg.Draw(report));
                }
            });
            root.Add(command);
        }

        root.Add(KestrelCommand());

        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"denali: {parsed.Errors[0].Message.TrimEnd('.')}; see denali bench --help");
            return BadUsage;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is EngineException or KernelException or ControlException or IOException
            or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("denali: " + e.Message);
            return BadUsage;
        }
    }

    private static BenchmarkReport Measure(
        string name, string[] arguments, Action<BenchmarkContext> run, BenchmarkContext context)
    {
        run(context);
        return new BenchmarkReport(
            name,
            string.Join(' ', (string[])["./denali bench", .. arguments]),
            MachineDescription.Commit(),
            MachineDescription.Machine(),
            MachineDescription.Kernel(),
            TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            [.. context.Rows]);
    }

    private static void Write(BenchmarkReport report, bool isMarkdown, string? jsonPath)
    {
        if (isMarkdown)
        {
            ReportMarkdown.Write(Console.Out, report);
        }
        else
        {
            ReportTable.Write(Console.Out, report);
        }

        if (jsonPath is not null)
        {
            File.WriteAllText(jsonPath, JsonSerializer.Serialize(report, ReportJson.Default.BenchmarkReport) + "\n");
        }
    }

    /// <summary>What the http benchmark starts this program as, to have Kestrel in a process of its own.</summary>
    private static Command KestrelCommand()
    {
        var folder = new Argument<string>("folder");
        var endpoint = new Argument<string>("endpoint");
        var command = new Command(KestrelServer.Command) { Hidden = true };
        command.Add(folder);
        command.Add(endpoint);
        command.SetAction(result =>
            KestrelServer.Run(result.GetRequiredValue(folder), result.GetRequiredValue(endpoint)));
        return command;
    }
}
