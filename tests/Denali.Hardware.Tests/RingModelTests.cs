// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Xunit;

namespace Denali.Hardware.Tests;

/// <summary>
/// Goal: both sides together are a bounded queue. Method: random steps of either side in random order, from random
/// free-running indices (often just before 2^32), at every capacity, compared step by step with a queue. A failure
/// prints the seed that repeats it.
/// </summary>
public sealed class RingModelTests
{
    private static readonly Gen<Step> s_step = Gen.Select(
        Gen.Enum<StepKind>(), Gen.UInt[0, 9], Gen.UInt[0, 9], (kind, index, count) => new Step(kind, index, count));

    private static readonly Gen<Case> s_case = Gen.Select(
        Gen.Int[0, 15],
        Gen.UInt[1, 64],
        Gen.OneOf(Gen.UInt, Gen.UInt[uint.MaxValue - 40, uint.MaxValue], Gen.Const(0u)),
        s_step.Array[1, 120],
        (log, entryBytes, start, steps) => new Case(1u << log, entryBytes, start, steps));

    private enum StepKind
    {
        RefreshProducer,
        Write,
        Publish,
        RefreshConsumer,
        Read,
        WriteBack,
        Release,
    }

    [Fact]
    public void RandomSteps_AgreeWithAQueue() => Check(Iterations.Of(2_000));

    [Fact]
    [Trait("Speed", "Soak")]
    public void RandomSteps_AgreeWithAQueue_Soak() => Check(Iterations.Of(5_000));

    [Fact]
    public void AModelThatIsWrong_IsFound()
    {
        // The comparison itself must be able to fail: the model loses an entry, and the check has to notice.
        Case lossy = new(4, 1, uint.MaxValue, [
            new Step(StepKind.RefreshProducer, 0, 0),
            new Step(StepKind.Write, 0, 2),
            new Step(StepKind.Publish, 0, 2),
        ]);
        Model model = new(lossy);
        Assert.All(lossy.Steps, step => Assert.True(model.Agrees(step)));
        model.Queue.Dequeue();
        Assert.False(model.Agrees(new Step(StepKind.RefreshConsumer, 0, 0)));
    }

    private static void Check(int iterations) =>
        s_case.Sample(test => new Model(test).AgreesWithAll(), iter: iterations, threads: 1);

    private sealed record Step(StepKind Kind, uint Index, uint Count);

    private sealed record Case(uint EntryCount, uint EntryBytes, uint Start, Step[] Steps)
    {
        public override string ToString() =>
            $"{EntryCount} entries of {EntryBytes} bytes from {Start}: {string.Join(", ", Steps.Select(step => step))}";
    }

    /// <summary>A ring and the queue that it should be.</summary>
    private sealed class Model
    {
        private readonly Case _case;
        private readonly List<byte[]> _staged = [];
        private RingProducer<ArrayMemory> _producer;
        private RingConsumer<ArrayMemory> _consumer;
        private uint _free;
        private uint _count;
        private byte _next;

        public Model(Case test)
        {
            _case = test;
            RingLayout layout = RingLayout.Contiguous(test.EntryBytes, test.EntryCount);
            ArrayMemory memory = ArrayMemory.For(layout);
            memory.StartAt(layout, test.Start);
            _producer = new RingProducer<ArrayMemory>(memory, layout);
            _consumer = new RingConsumer<ArrayMemory>(memory, layout);
            Assert.True(RefreshProducer() && RefreshConsumer());
        }

        public Queue<byte[]> Queue { get; } = [];

        public bool AgreesWithAll() => _case.Steps.All(Agrees);

        public bool Agrees(Step step)
        {
            bool same = step.Kind switch
            {
                StepKind.RefreshProducer => RefreshProducer(),
                StepKind.Write => Write(step.Count),
                StepKind.Publish => Publish(step.Count),
                StepKind.RefreshConsumer => RefreshConsumer(),
                StepKind.Read => Read(step.Index, step.Count),
                StepKind.WriteBack => WriteBack(step.Index),
                _ => Release(step.Count),
            };
            return same && _producer.Free == _free && _consumer.Count == _count;
        }

        private bool RefreshProducer()
        {
            _free = _case.EntryCount - (uint)Queue.Count;
            return _producer.Refresh() == RingStatus.Ok;
        }

        private bool RefreshConsumer()
        {
            _count = (uint)Queue.Count;
            return _consumer.Refresh() == RingStatus.Ok;
        }

        private bool Write(uint count)
        {
            uint index = (uint)_staged.Count;
            byte[][] entries = [.. Enumerable.Range(0, (int)count).Select(_ => NextEntry())];
            bool expected = index + count <= _free;
            if (expected)
            {
                _staged.AddRange(entries);
            }

            return _producer.TryWrite(index, entries.SelectMany(entry => entry).ToArray()) == expected;
        }

        private bool Publish(uint count)
        {
            uint published = uint.Min(count, (uint)_staged.Count);
            _staged.Take((int)published).ToList().ForEach(Queue.Enqueue);
            _staged.RemoveRange(0, (int)published);
            _free -= published;
            _producer.Publish(published);
            return true;
        }

        private bool Read(uint index, uint count)
        {
            byte[] found = new byte[count * _case.EntryBytes];
            bool expected = index <= _count && count <= _count - index;
            IEnumerable<byte> promised = Queue.Skip((int)index).Take((int)count).SelectMany(entry => entry);
            return _consumer.TryRead(index, found) == expected && (!expected || promised.SequenceEqual(found));
        }

        private bool WriteBack(uint index)
        {
            byte[] entry = NextEntry();
            bool expected = index < _count;
            if (expected)
            {
                // The queue's entry is the ring's slot: later reads must see what was written back.
                entry.CopyTo(Queue.ElementAt((int)index), 0);
            }

            return _consumer.TryWriteBack(index, entry) == expected;
        }

        private bool Release(uint count)
        {
            uint released = uint.Min(count, _count);
            for (uint i = 0; i < released; i++)
            {
                Queue.Dequeue();
            }

            _count -= released;
            _consumer.Release(count);
            return true;
        }

        private byte[] NextEntry()
        {
            byte[] entry = new byte[_case.EntryBytes];
            for (int i = 0; i < entry.Length; i++)
            {
                entry[i] = unchecked(_next++);
            }

            return entry;
        }
    }
}
