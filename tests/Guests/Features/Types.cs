// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

internal abstract class Animal
{
    public abstract int Legs();

    public virtual int Describe() => 100 + Legs();
}

internal sealed class Dog : Animal
{
    public override int Legs() => 4;
}

internal sealed class Bird : Animal
{
    public override int Legs() => 2;
}

internal sealed class Node
{
    internal int Value;
    internal Node? Next;
    internal long Weight;
}

internal struct Point
{
    internal int X;
    internal int Y;
}

internal interface IShape
{
    int Area();

    int Corners() => 2;

    double Scale(double a, long b, long c, long d, long e, long f, double g) => 1;
}

internal interface INamed
{
    ReadOnlySpan<byte> Name { get; }
}

internal class Square : IShape
{
    private readonly int _side;

    public Square(int side) => _side = side;

    public virtual int Area() => _side * _side;

    public int Corners() => 4;

    public double Scale(double a, long b, long c, long d, long e, long f, double g) => a + b + c + d + e + f + g;
}

internal sealed class BigSquare : Square
{
    public BigSquare(int side)
        : base(side)
    {
    }

    public override int Area() => 100 + base.Area();
}

internal sealed class ExplicitSquare : Square, IShape
{
    public ExplicitSquare(int side)
        : base(side)
    {
    }

    int IShape.Area() => 1000 + Area();
}

internal sealed class Disc : IShape, INamed
{
    private readonly int _radius;

    public Disc(int radius) => _radius = radius;

    public ReadOnlySpan<byte> Name => "disc"u8;

    public int Area() => 3 * _radius * _radius;

    public double Scale(double a, long b, long c, long d, long e, long f, double g) => a + b + c + d + e + f + g;
}

internal sealed class Line : IShape
{
    public int Area() => 0;
}

internal struct Dot : IShape
{
    internal int Size;

    public readonly int Area() => Size;
}

internal interface ISource<out T>
{
    T Get();
}

internal interface ISink<in T>
{
    void Put(T value);
}

internal sealed class Source<T> : ISource<T>
{
    private readonly T _value;

    public Source(T value) => _value = value;

    public T Get() => _value;
}

internal sealed class LegCounter : ISink<Animal>
{
    internal int Count { get; private set; }

    public void Put(Animal value) => Count += value.Legs();
}

internal sealed class Ring<T>
{
    private readonly T[] _items;
    private int _next;

    public Ring(int size) => _items = new T[size];

    public void Push(T item) => _items[_next++ % _items.Length] = item;

    public T Get(int index) => _items[index];

    public Type TypeOfItems() => typeof(T);

    public T Sum(Func<T, T, T> add)
    {
        T sum = _items[0];
        for (int i = 1; i < _items.Length; i++)
        {
            sum = add(sum, _items[i]);
        }

        return sum;
    }
}

internal readonly struct Pair<TFirst, TSecond>
{
    internal readonly TFirst First;
    internal readonly TSecond Second;

    public Pair(TFirst first, TSecond second)
    {
        First = first;
        Second = second;
    }
}

internal static class Counter<T>
{
    internal static int Value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static int Read() => Value;
}

internal interface IUnit<T>
    where T : IUnit<T>
{
    static abstract T operator +(T left, T right);
}

internal interface INamedUnit
{
    static abstract ReadOnlySpan<byte> Name { get; }
}

internal readonly struct Metres : IUnit<Metres>, INamedUnit
{
    internal readonly int Value;

    public Metres(int value) => Value = value;

    public static ReadOnlySpan<byte> Name => "m"u8;

    public static Metres operator +(Metres left, Metres right) => new(left.Value + right.Value);
}

internal readonly struct Seconds : INamedUnit
{
    public static ReadOnlySpan<byte> Name => "s"u8;
}

internal sealed class Kelvin : INamedUnit
{
    public static ReadOnlySpan<byte> Name => "K"u8;
}

internal sealed class Echo
{
    private readonly object _value;

    public Echo(object value) => _value = value;

    public T Say<T>()
        where T : class => (T)_value;
}

internal static class StringExtensions
{
    internal static int CountUnits(this string text) => text.Length;
}

internal static class Trace
{
    internal static int Log;
    internal static int Finally;
    internal static int Started;

    [ModuleInitializer]
    internal static void Start() => Started++;
}

// The explicit constructors make the point: with field initializers alone the compiler may run them early.
internal static class LazyA
{
    internal static readonly int Value;

    static LazyA()
    {
        Trace.Log = (Trace.Log * 10) + 1;
        Value = 42;
    }
}

internal static class LazyB
{
    private static readonly int s_value;

    static LazyB()
    {
        Trace.Log = (Trace.Log * 10) + 2;
        s_value = LazyA.Value + 1;
    }

    internal static int Sum() => s_value;
}

internal static class LazyGeneric<T>
{
    internal static readonly int Id;

    static LazyGeneric() => Id = ++Holder.NextId;
}

internal static class CycleA
{
    internal static readonly int Value;

    static CycleA()
    {
        Trace.Finally += CycleB.Value - 2;
        Value = 1;
    }
}

internal static class CycleB
{
    internal static readonly int Value;

    static CycleB()
    {
        Trace.Finally += CycleA.Value;
        Value = 2;
    }
}

internal static class Preset
{
    internal static readonly int[] Table = [1, 2, 3, 4];
    internal static readonly string Name = "preset";
}

internal static class Holder
{
    internal static int[]? Items;
    internal static Animal? Animal;
    internal static (Animal Animal, int Number) Both;
    internal static int NextId;
}

internal enum Colour : byte
{
    Red = 1,
    Green = 5,
}

[Flags]
internal enum Flags : ulong
{
    A = 1,
    B = 2,
    C = 1UL << 40,
}

[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct Overlay
{
    [FieldOffset(0)]
    internal uint Word;

    [FieldOffset(0)]
    internal ushort Low;

    [FieldOffset(2)]
    internal ushort High;
}

internal readonly ref struct RefHolder
{
    private readonly ref uint _target;

    public RefHolder(ref uint target) => _target = ref target;

    public uint Target
    {
        get => _target;
        set => _target = value;
    }
}

internal unsafe struct Big
{
    internal long A;
    private fixed long _between[6];
    internal long H;
}

internal unsafe struct Fixed
{
    internal fixed byte Bytes[8];
}

internal unsafe struct ThreePages
{
    internal fixed byte Bytes[10000];
}

[InlineArray(8)]
internal struct Eight
{
    private int _first;
}

internal sealed class Disposable : IDisposable
{
    private readonly Action _action;

    public Disposable(Action action) => _action = action;

    public void Dispose() => _action();
}

internal readonly ref struct Closer
{
    private readonly ref int _count;

    public Closer(ref int count) => _count = ref count;

    public void Dispose() => _count++;
}
